using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering;

/// <summary>Ranges of activations by tensor, as a vendor's file holds them.</summary>
/// <param name="Source">File, for notes and faults.</param>
public sealed record RangeTable(string Source, ImmutableArray<NamedRange> Ranges)
{
    /// <summary>The ranges of the tensors that a target quantizes, by their names in the rewritten model; the others are the calibrator's.</summary>
    /// <param name="wanted">Tensors of the rewritten model.</param>
    /// <param name="survivors">Tensors of the float model and their equals in the rewritten one.</param>
    /// <exception cref="FaultException">The file names none of the tensors.</exception>
    internal ImmutableDictionary<string, ValueRange> Match(
        ImmutableArray<string> wanted, ImmutableArray<(string Reference, string Rewritten)> survivors, ImmutableArray<string>.Builder notes)
    {
        var ranges = Ranges.ToDictionary(r => r.Tensor, r => r.Range, StringComparer.Ordinal);
        var names = survivors.ToLookup(s => s.Rewritten, s => s.Reference, StringComparer.Ordinal);
        var known = ImmutableDictionary.CreateBuilder<string, ValueRange>(StringComparer.Ordinal);
        foreach (string tensor in wanted)
            if (names[tensor].Prepend(tensor).FirstOrDefault(ranges.ContainsKey) is { } name)
                known[tensor] = ranges[name];
        if (known.Count == 0)
            throw new FaultException($"it names none of the {wanted.Length} tensors that the target quantizes, such as '{wanted.FirstOrDefault()}'", Source, "Give the file of this very model: tensors are matched by exact name.");
        notes.Add($"ranges of {known.Count} of {wanted.Length} activations from {Source}");
        var missing = wanted.Where(t => !known.ContainsKey(t)).ToList();
        if (missing.Count > 0)
            notes.Add($"not in {Source}, calibrated here: {string.Join(", ", missing)}");
        return known.ToImmutable();
    }
}

/// <param name="Tensor">Name in the float model.</param>
public sealed record NamedRange(string Tensor, ValueRange Range);
