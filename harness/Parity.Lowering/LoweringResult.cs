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

    /// <summary>The same lowering after its model was edited: the pairs are read again, the layer map stays.</summary>
    /// <exception cref="FaultException">Scales that fit no axis.</exception>
    public LoweringResult With(OnnxModel edited)
    {
        var sources = Map.Rows.ToDictionary(r => r.Target[^1], r => r.Reference[^1], StringComparer.Ordinal);
        foreach (QdqRecord pair in Qdq.Where(p => p.Source is not null))
            sources[pair.Tensor] = pair.Source!;
        var constants = Qdq.Where(p => p.Kind != "activation").Select(p => (Node: Model.Graph.NodeNamed(p.Dequantize), p.Tensor))
            .Where(c => c.Node is not null).ToDictionary(c => c.Node!.Outputs[0], c => c.Tensor, StringComparer.Ordinal);
        return this with { Model = edited, Qdq = QdqRecords.Of(edited, tensor => sources.GetValueOrDefault(tensor), constants) };
    }

    /// <summary>Where operators stand in place of a Q/DQ pair, or before one.</summary>
    public EmulatedQuantizers Emulated { get; init; } = EmulatedQuantizers.None;
}
