using System.Collections.Immutable;
using System.Text.Json;

namespace Parity.Core;

/// <summary>
/// What a suite measures: decoding of a model's outputs, metric and drawing of one kind of prediction.
/// Stateless after creation; every method may be called from several threads.
/// </summary>
public interface ITask
{
    string Kind { get; }

    /// <summary>Adds a fault for every way in which a model with these outputs cannot be decoded.</summary>
    void CheckOutputs(ImmutableArray<TensorPort> outputs, string model, FaultList faults);

    /// <summary>What the model is run on, a run each: parts of the picture (top-down models; perhaps none), or null for the whole picture once.</summary>
    ImmutableArray<PictureRegion>? Regions(Sample sample) => null;

    /// <summary>Raw outputs of a sample's runs, in the order of <see cref="Regions"/>, to a prediction. <paramref name="explain"/> keeps how it came about.</summary>
    /// <exception cref="FaultException">NaN or infinity in an output, or a missing output.</exception>
    Prediction Decode(ImmutableArray<ModelRun> runs, Sample sample, bool explain);

    /// <summary>Stage by stage, what a target's prediction has of the reference's. Both were decoded with their explanation.</summary>
    PredictionComparison Compare(Prediction reference, Prediction target);

    /// <summary>Matches predictions to the dataset's ground truth once. Samples without a prediction are left out of the evaluation.</summary>
    IEvaluation Evaluate(IReadOnlyList<Prediction> predictions);

    /// <summary>One prediction as a JSON object that <see cref="Read"/> restores bit for bit (decisions excepted).</summary>
    void Write(Utf8JsonWriter writer, Prediction prediction);

    /// <exception cref="FormatException">Not written by <see cref="Write"/>.</exception>
    Prediction Read(JsonElement element);

    /// <summary>All predictions in the field's exchange format (COCO results).</summary>
    void WriteResults(Utf8JsonWriter writer, IEnumerable<Prediction> predictions);

    Overlay Draw(Prediction prediction);

    Overlay DrawTruth(Sample sample);

    /// <summary>How far two sets of predictions of the same samples, in the same order, lie apart without regard to the truth; empty for tasks that do not tell.</summary>
    ImmutableArray<Measurement> Apart(IReadOnlyList<Prediction> reference, IReadOnlyList<Prediction> target) => [];

    /// <summary>
    /// The task's metric of a target's predictions with the reference's taken for the truth, 0 nothing alike to 1 the same: it tells two targets apart on far fewer samples than the
    /// truth does, because the reference's own mistakes are not in it. Null where the reference predicts nothing to hold them against.
    /// </summary>
    /// <param name="target">Of the same samples, in the same order.</param>
    double? Agreement(IReadOnlyList<Prediction> reference, IReadOnlyList<Prediction> target);

    /// <summary>Where two predictions of one sample differ; empty for tasks whose difference shows when both are drawn.</summary>
    Overlay DrawDifference(Prediction reference, Prediction target) => Overlay.Empty;
}
