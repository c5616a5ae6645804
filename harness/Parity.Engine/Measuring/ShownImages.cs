using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Runs;
using Parity.Engine.Suites;

namespace Parity.Engine.Measuring;

/// <summary>Chooses the images a report shows for a target, runs them again with every decision kept, and writes their pictures.</summary>
public sealed class ShownImages(Suite suite, RunFolder folder, IPictureCodec codec)
{
    private const int LongestSidePixels = 960;
    private const int QualityPercent = 85;

    // An earlier run in the folder may have had another picture of the same id.
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    /// <summary>Probe samples and those on which the target fell furthest behind, worst first.</summary>
    public ImmutableArray<ImageRecord> Of(ISession reference, ISession target, ITask targetTask, Evaluated referenceValues, Evaluated targetValues, CancellationToken stop)
    {
        var byId = suite.Dataset.Samples.Take(suite.Dataset.Samples.Length).ToDictionary(s => s.Id);
        var ids = referenceValues.Evaluation.SampleIds;
        var ranked = ids
            .Select((id, i) => (Id: id, Reference: referenceValues.Alone(i), Target: targetValues.Alone(i), Order: i))
            .OrderByDescending(s => Drop(s.Reference, s.Target)).ThenBy(s => s.Order)
            .ToImmutableArray();
        var probes = ids.Take(suite.ProbeSamples).ToHashSet();
        return [.. ranked.Where((s, rank) => rank < suite.WorstSamples || probes.Contains(s.Id))
            .Select(s =>
            {
                stop.ThrowIfCancellationRequested();
                return Show(byId[s.Id], reference, target, targetTask, s.Reference, s.Target);
            })];
    }

    private static double Drop(double? reference, double? target) => (reference, target) switch
    {
        (null, null) => double.NegativeInfinity,
        _ => (reference ?? 0) - (target ?? 0),
    };

    private ImageRecord Show(Sample sample, ISession reference, ISession target, ITask targetTask, double? referenceValue, double? targetValue)
    {
        Picture picture = suite.Dataset.Read(sample);
        string file = $"{string.Concat(sample.Id.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'))}.jpg";
        if (_written.Add(file))
            RunFolder.WriteWhole(folder.Picture(file), stream => stream.Write(codec.EncodeJpeg(picture, LongestSidePixels, QualityPercent)));
        Prediction referencePrediction = Explain(reference, suite.Task, picture, sample);
        Prediction targetPrediction = Explain(target, targetTask, picture, sample);
        Overlay difference = suite.Task.DrawDifference(referencePrediction, targetPrediction);
        return new ImageRecord(
            sample.Id, sample.Name, $"pictures/{file}", picture.Width, picture.Height, referenceValue, targetValue,
            suite.Task.DrawTruth(sample), suite.Task.Draw(referencePrediction), suite.Task.Draw(targetPrediction),
            referencePrediction.Decisions, targetPrediction.Decisions, suite.Task.Compare(referencePrediction, targetPrediction).Changes,
            difference.Shapes.IsEmpty ? null : difference);
    }

    private Prediction Explain(ISession session, ITask task, Picture picture, Sample sample)
    {
        ImmutableArray<PreparedInput> inputs = suite.Preprocessor.PrepareAll(picture, suite.Task.Regions(sample), session.Input);
        int place = suite.Dataset.Samples.IndexOf(sample);
        return task.Decode([.. inputs.Select(i => new ModelRun(session.Run(i.Tensor, sample, place), i.Placement))], sample, explain: true);
    }
}
