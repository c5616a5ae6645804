using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>What lies between a reference tensor's values and the target tensor's.</summary>
public enum TensorTransform
{
    None,

    /// <summary>The target holds codes: the tap is read behind Q and dequantized.</summary>
    Dequantization,

    /// <summary>The target is a recording without shapes: its elements are read in the reference's shape.</summary>
    Flattened,
}

/// <summary>Which tensors of the target stand for which of the reference.</summary>
/// <param name="Rows">In the order of the reference's nodes.</param>
/// <param name="Unmatched">Float tensors of the reference that the target does not have.</param>
public sealed record LayerMap(ImmutableArray<LayerMapRow> Rows, ImmutableArray<UnmatchedTensor> Unmatched);

/// <param name="Reference">Tensors of the reference: last the one whose values the target has, before it those that its operator took in and that nothing has any more.</param>
/// <param name="Target">Tensors of the lowered model: last the one to tap, before it new ones that lead to it.</param>
/// <param name="Reason">"kept", or the rewrites behind it, as "BN folded; Focus as 6 x 6 Conv", "identity removed".</param>
/// <param name="Precision">What the operands of its operator are: "int8", "uint8", "int16", "float16" or "float32".</param>
/// <param name="CheckRelativeError">
/// Rewritten float model against float model, before any quantization: largest |difference| over largest |value| of an image, the worst of
/// the calibration images; null when there were none.
/// </param>
public sealed record LayerMapRow(
    ImmutableArray<string> Reference, ImmutableArray<string> Target, TensorTransform Transform, string Reason, double? CheckRelativeError, string Precision);

/// <param name="Reason">"BN folded", "fused activation", "constant", "not in target".</param>
public sealed record UnmatchedTensor(string Tensor, string Reason);
