using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>What lowering did to the float model.</summary>
/// <param name="Operators">Operators that the target does not run as they are written.</param>
/// <param name="Layers">Every operator that multiplies and accumulates, in the order of the graph.</param>
public sealed record LoweringRecord(
    ImmutableArray<RewriteRecord> Rewrites, ImmutableArray<UnsupportedOperator> Operators, ImmutableArray<LayerPrecision> Layers);

/// <param name="Reason">As in the layer map: "BN folded", "Focus as 6 x 6 Conv".</param>
/// <param name="Layers">How often.</param>
/// <param name="CheckRelativeError">Worst of its layers, rewritten float model against float model: largest |difference| over largest |value|; null without calibration inputs.</param>
public sealed record RewriteRecord(string Reason, int Layers, double? CheckRelativeError);

/// <param name="Node">In the names of the lowered model.</param>
/// <param name="Outcome">"float" (on the chip, not quantized), "host" (in float beside the chip), "split" (into operators that the chip has).</param>
public sealed record UnsupportedOperator(string Node, string OpType, string Outcome, string Reason);

/// <param name="Precision">What its operands are: "int8", "uint8", "int16", "float16" or "float32".</param>
/// <param name="Macs">Null where a shape is unknown.</param>
public sealed record LayerPrecision(string Node, string OpType, string Precision, long? Macs);
