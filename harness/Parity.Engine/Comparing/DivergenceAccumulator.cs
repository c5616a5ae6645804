using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Comparing;

/// <summary>
/// Divergence of all tensors of one target, image after image. Keeps one <see cref="TensorDivergence"/> a tensor and image and none of
/// the tensors. Not thread-safe.
/// </summary>
public sealed class DivergenceAccumulator(DivergenceKind kind)
{
    private readonly Dictionary<(string Reference, string Target), List<Entry>> _pairs = [];
    private readonly List<(string Reference, string Target)> _order = [];

    /// <summary>Measures one pair of tensors, already brought to one shape by the layer map, and takes it.</summary>
    /// <param name="image">Id of the sample.</param>
    /// <exception cref="FaultException">The shapes differ, or a tensor holds no real values.</exception>
    public TensorDivergence Add(string referenceName, string targetName, string image, Tensor reference, Tensor target) =>
        Add(referenceName, targetName, image, Measure(referenceName, targetName, image, reference, target));

    /// <summary>As <see cref="Add(string, string, string, Tensor, Tensor)"/>, but takes nothing, so that several threads may measure.</summary>
    public static TensorDivergence Measure(string referenceName, string targetName, string image, Tensor reference, Tensor target)
    {
        var faults = new FaultList();
        string where = $"tensors '{referenceName}' and '{targetName}', image '{image}'";
        if (!reference.Shape.SequenceEqual(target.Shape))
            faults.Add($"the reference is {reference}, the target {target}", where, "Give the pair a transform in the layer map, or leave it unmatched");
        foreach (ElementType type in new[] { reference, target }.Where(tensor => !tensor.HoldsReals).Select(tensor => tensor.Type).Distinct())
            faults.Add($"{type} elements have no divergence", where, "Compare float tensors, or codes with their dequantization");
        faults.ThrowIfAny();
        return TensorSums.Of(reference, target).ToDivergence();
    }

    /// <summary>Takes one pair measured elsewhere.</summary>
    public TensorDivergence Add(string referenceName, string targetName, string image, TensorDivergence divergence)
    {
        var key = (referenceName, targetName);
        if (!_pairs.TryGetValue(key, out List<Entry>? entries))
        {
            _pairs.Add(key, entries = []);
            _order.Add(key);
        }
        entries.Add(new Entry(image, divergence));
        return divergence;
    }

    /// <summary>In the order in which the tensors were first added.</summary>
    public ImmutableArray<Divergence> ToDivergences() => [.. _order.Select(key => Summarise(key.Reference, key.Target, _pairs[key]))];

    private Divergence Summarise(string reference, string target, List<Entry> all)
    {
        Entry[] seen = [.. all.Where(entry => entry.Measured.State != DivergenceState.Empty)];
        int Images(DivergenceState state) => all.Count(entry => entry.Measured.State == state);
        return new Divergence(
            reference,
            target,
            kind,
            seen.Length == 0 ? DivergenceState.Empty : seen.Max(entry => entry.Measured.State),
            all.Count,
            Images(DivergenceState.Exact),
            Images(DivergenceState.ZeroReference),
            Images(DivergenceState.NonFinite),
            Images(DivergenceState.Empty),
            all.Sum(entry => entry.Measured.Count),
            Summarise(seen, measured => measured.Cosine, value => -value, value => -value),
            Summarise(seen, measured => measured.SqnrDb, value => -value, value => -value),
            Summarise(seen, measured => measured.Nmse, value => value, value => value),
            Summarise(seen, measured => measured.MaxAbs, value => value, value => value),
            Summarise(seen, measured => measured.Mse, value => value, value => value),
            Summarise(seen, measured => measured.MeanError, value => value, Math.Abs));
    }

    /// <param name="order">Sorts values for the median.</param>
    /// <param name="badness">Greatest for the worst value.</param>
    private static MeasureSummary Summarise(
        Entry[] entries, Func<TensorDivergence, double?> measure, Func<double, double> order, Func<double, double> badness)
    {
        if (entries.Length == 0)
            return new MeasureSummary(null, DivergenceState.Empty, null, DivergenceState.Empty, null);
        (int Rank, double Key, double? Value, Entry Entry)[] Ranked(Func<double, double> key) =>
        [
            .. entries.Select(entry => (Entry: entry, Value: measure(entry.Measured)))
                .Select(pair => (Rank(pair.Entry.Measured.State, pair.Value), pair.Value is { } value ? key(value) : 0, pair.Value, pair.Entry))
                .OrderBy(ranked => ranked.Item1).ThenBy(ranked => ranked.Item2),
        ];
        var sorted = Ranked(order);
        var (lower, upper) = (sorted[(sorted.Length - 1) / 2], sorted[sorted.Length / 2]);
        double? median = lower.Value is { } a && upper.Value is { } b ? (a + b) / 2 : upper.Value;
        var byBadness = Ranked(badness);
        var worst = byBadness.First(ranked => ranked.Rank == byBadness[^1].Rank && ranked.Key == byBadness[^1].Key);
        return new MeasureSummary(median, upper.Entry.Measured.State, worst.Value, worst.Entry.Measured.State, worst.Entry.Image);
    }

    /// <summary>Exact SQNR before all values, then values, then what has none because it is too bad.</summary>
    private static int Rank(DivergenceState state, double? value) => value is not null ? (int)DivergenceState.Compared : (int)state;

    private readonly record struct Entry(string Image, TensorDivergence Measured);
}
