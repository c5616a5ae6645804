using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <param name="Qdq">Every Q/DQ pair of the model.</param>
/// <param name="KeptFloat">Nodes that the plan's patterns kept in float, with those that fuse with them.</param>
/// <param name="Notes">What a reader of the result should know.</param>
public sealed record LoweringResult(
    OnnxModel Model, LayerMap Map, ImmutableArray<QdqRecord> Qdq, CostRecord Cost, ImmutableArray<string> KeptFloat, ImmutableArray<string> Notes)
{
    public double? QuantizedMacShare => Cost.QuantizedMacShare;

    /// <summary>Null for a ready model.</summary>
    public LoweringRecord? Record { get; init; }

    /// <summary>The rewritten float model, before anything was quantized; null for a ready model.</summary>
    public OnnxModel? Float { get; init; }

    /// <summary>Where operators stand in place of a Q/DQ pair, or before one.</summary>
    public EmulatedQuantizers Emulated { get; init; } = EmulatedQuantizers.None;
}
