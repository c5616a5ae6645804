using System.Collections.Immutable;
using System.Globalization;
using Parity.Core;
using Parity.Suites.Coco;

namespace Parity.Suites.Detection;

/// <summary>COCO's box AP and AR of samples: puts them into the columns of a <see cref="CocoEvaluation"/>.</summary>
/// <remarks>Samples are put in the order of their ids, as numbers where all are numbers, so the order of predictions changes nothing.</remarks>
public static class BoxEvaluation
{
    /// <param name="categories">In any order; they are evaluated in the order of their ids.</param>
    /// <param name="samples">Boxes index into <paramref name="categories"/> sorted by id. Labels of an unknown category are left out, as in COCO.</param>
    /// <exception cref="FaultException">NaN or infinity in a box, a score or a label; a sample twice.</exception>
    public static CocoEvaluation Of(ImmutableArray<BoxCategory> categories, IEnumerable<BoxSample> samples, CocoParameters? parameters = null)
    {
        ImmutableArray<BoxSample> ordered = InOrder(samples);
        Check(ordered);
        Dictionary<int, int> indexOf = categories.OrderBy(c => c.Id).Select((c, i) => (c.Id, i)).ToDictionary(p => p.Id, p => p.i);
        (BoxLabel Label, int Sample)[] labels = [.. ordered.SelectMany((s, i) => s.Labels.Select(l => (l, i)))];
        (ScoredBox Box, int Sample)[] boxes = [.. ordered.SelectMany((s, i) => s.Boxes.Select(b => (b, i)))];
        foreach ((ScoredBox box, int sample) in boxes)
        {
            if (box.Category < 0 || box.Category >= categories.Length)
                throw new ArgumentException($"sample {ordered[sample].Id}: category index {box.Category} of {categories.Length}");
        }
        var truth = new CocoTruth(
            [.. labels.Select(l => l.Sample)], [.. labels.Select(l => indexOf.GetValueOrDefault(l.Label.CategoryId, -1))],
            [.. labels.Select(l => new CocoObject(l.Label.Id, l.Label.Area, l.Label.IsCrowd, IsIgnored: l.Label.IsCrowd))]);
        var detections = new CocoDetections(
            [.. boxes.Select(b => b.Sample)], [.. boxes.Select(b => b.Box.Category)], [.. boxes.Select(b => b.Box.Score)], [.. boxes.Select(b => b.Box.Width * b.Box.Height)]);
        var overlap = new BoxOverlap(
            [.. boxes.SelectMany(b => new[] { b.Box.X, b.Box.Y, b.Box.Width, b.Box.Height })],
            [.. labels.SelectMany(l => new[] { l.Label.X, l.Label.Y, l.Label.Width, l.Label.Height })], truth.Objects);
        return new CocoEvaluation("bbox", [.. ordered.Select(s => s.Id)], categories.Length, truth, detections, overlap, parameters ?? CocoParameters.Default)
        {
            Categories = [.. categories.OrderBy(c => c.Id).Select(c => c.Name)],
        };
    }

    private static ImmutableArray<BoxSample> InOrder(IEnumerable<BoxSample> samples)
    {
        BoxSample[] list = [.. samples];
        var numbers = new long[list.Length];
        bool numeric = true;
        for (int i = 0; i < list.Length && numeric; i++)
            numeric = long.TryParse(list[i].Id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i]);
        if (numeric)
            Array.Sort(numbers, list);
        else
            Array.Sort(list, (a, b) => string.CompareOrdinal(a.Id, b.Id));
        return [.. list];
    }

    private static void Check(ImmutableArray<BoxSample> samples)
    {
        var faults = new FaultList();
        for (int s = 0; s < samples.Length; s++)
        {
            BoxSample sample = samples[s];
            if (s > 0 && sample.Id == samples[s - 1].Id)
                faults.Add("the sample has two predictions", $"sample {sample.Id}", "Give one prediction a sample.");
            for (int i = 0; i < sample.Boxes.Count; i++)
            {
                ScoredBox box = sample.Boxes[i];
                if (!double.IsFinite(box.X + box.Y + box.Width + box.Height) || !double.IsFinite(box.Score))
                    faults.Add($"not a finite number in {box}", $"sample {sample.Id}, detection {i}", "Repair the detections.");
            }
            for (int i = 0; i < sample.Labels.Count; i++)
            {
                BoxLabel label = sample.Labels[i];
                if (!double.IsFinite(label.X + label.Y + label.Width + label.Height) || !double.IsFinite(label.Area))
                    faults.Add($"not a finite number in {label}", $"sample {sample.Id}, label {i}", "Repair the annotations.");
            }
        }
        faults.ThrowIfAny();
    }
}
