using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>Raw outputs to the chosen boxes: what detection, one-stage keypoints and instance masks begin with.</summary>
/// <param name="threshold">Scores above it (at it too, where the NMS contract keeps those) are candidates.</param>
/// <param name="categoryOf">Category index of each model class.</param>
public sealed class BoxStage(IBoxDecoder decoder, double threshold, bool everyClass, SelectionSettings selection, ImmutableArray<int> categoryOf)
{
    /// <summary>Exclusive: one float lower where an equal score stays.</summary>
    private readonly float _threshold = selection.Suppression?.KeepsScoreAtThreshold ?? decoder.EndsInNms
        ? MathF.BitDecrement((float)threshold)
        : (float)threshold;

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, string model, FaultList faults) =>
        decoder.CheckOutputs(outputs, categoryOf.Length, model, faults);

    /// <exception cref="FaultException">NaN or infinity in an output or a decoded box; an output that is missing or of a wrong shape.</exception>
    public DetectionPrediction Decode(ModelRun run, Sample sample, bool explain)
    {
        var candidates = new Candidates();
        decoder.Decode(run.Outputs, new DecodeRequest(sample, run.Placement, categoryOf.Length, _threshold, everyClass), candidates);
        RequireFinite(candidates, sample);
        return Selection.Select(candidates, sample.Id, run.Placement, selection, categoryOf, explain);
    }

    /// <summary>Which of the model's raw boxes a chosen one is, without classes.</summary>
    public int RawBox(in DetectedBox box) => everyClass ? box.Candidate / categoryOf.Length : box.Candidate;

    /// <summary>Finite outputs may still decode to an infinite box, such as exp(100).</summary>
    /// <exception cref="FaultException">One did.</exception>
    private static void RequireFinite(Candidates candidates, Sample sample)
    {
        RequireFinite(candidates, candidates.Left, sample);
        RequireFinite(candidates, candidates.Top, sample);
        RequireFinite(candidates, candidates.Right, sample);
        RequireFinite(candidates, candidates.Bottom, sample);
    }

    private static void RequireFinite(Candidates candidates, ReadOnlySpan<float> edge, Sample sample)
    {
        int row = ScoreScan.FirstNonFinite(edge);
        if (row >= 0)
            throw new FaultException($"the box of candidate {candidates.Indices[row]} is infinite when decoded", $"sample {sample.Id}", "Repair the model: its box values are far out of range.");
    }
}
