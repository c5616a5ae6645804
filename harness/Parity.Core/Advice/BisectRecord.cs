using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>The whole of <c>bisect.json</c>: one model that is float up to a cut and the target's after it, and the reverse.</summary>
/// <param name="Cuts">In the order of the graph; the first is before any layer, the last behind all.</param>
/// <param name="Blamed">The layer that errs most by itself.</param>
/// <param name="Steps">Layers at which the metric steps most, of either direction.</param>
/// <param name="Confirmed">Whether the blamed layer is one of them; null when no step can be told from nothing.</param>
public sealed record BisectRecord(
    int Schema, string Suite, string SuiteSha256, string Target, int Samples, string Metric, ImmutableArray<CutRecord> Cuts, string Blamed, ImmutableArray<string> Steps, bool? Confirmed)
{
    public const int CurrentSchema = 1;
}

/// <param name="Layers">Layers before the cut.</param>
/// <param name="Behind">The last of them; null before the first layer.</param>
/// <param name="FloatBefore">Float before the cut, the target's after it: the drop against the float model.</param>
/// <param name="FloatAfter">The target's before the cut, float after it.</param>
public sealed record CutRecord(int Layers, string? Behind, DropRecord FloatBefore, DropRecord FloatAfter);
