using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <param name="Qdq">Every Q/DQ pair of the model.</param>
/// <param name="QuantizedMacShare">
/// Share of the multiply-accumulates (convolutions, products, recurrent layers) whose data and weights both come from DequantizeLinear, 0 to 1; null when the target
/// quantizes nothing, or when the model's shapes do not tell.
/// </param>
/// <param name="KeptFloat">Nodes that the plan's patterns kept in float, with those that fuse with them.</param>
/// <param name="Float">The rewritten float model, before anything was quantized; null for a ready model.</param>
/// <param name="Notes">What a reader of the result should know.</param>
public sealed record LoweringResult(
    OnnxModel Model, LayerMap Map, ImmutableArray<QdqRecord> Qdq, double? QuantizedMacShare, ImmutableArray<string> KeptFloat, ImmutableArray<string> Notes, OnnxModel? Float);
