using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>One stage between the float reference and the target: a whole model, measured on all samples.</summary>
/// <param name="Stage">"float", "float twin", "lowered float", "weights quantized", "activations quantized", "integer arithmetic", "post-processing", "device".</param>
/// <param name="Missing">Why the stage has no figures of its own; null when it has.</param>
/// <param name="Arithmetic">Null when missing.</param>
/// <param name="Measurements">Empty when missing.</param>
/// <param name="Drops">From the stage before that was measured, with bounds by the paired bootstrap; empty of the first and of missing ones.</param>
public sealed record StageRecord(string Stage, string? Missing, Arithmetic? Arithmetic, ImmutableArray<Measurement> Measurements, ImmutableArray<DropRecord> Drops);
