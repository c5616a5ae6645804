using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>What lies between a reference tensor's values and the target tensor's.</summary>
public enum TensorTransform
{
    None,

    /// <summary>The target holds codes: the tap is read behind Q and dequantized.</summary>
    Dequantization,
}

/// <summary>Which tensors of the target stand for which of the reference.</summary>
/// <param name="Rows">In the order of the reference's nodes.</param>
/// <param name="Unmatched">Float tensors of the reference that the target does not have.</param>
public sealed record LayerMap(ImmutableArray<LayerMapRow> Rows, ImmutableArray<UnmatchedTensor> Unmatched);

/// <param name="Reference">Tensors of the reference.</param>
/// <param name="Target">Tensors to tap in the lowered model.</param>
/// <param name="Reason">"kept", "BN folded" (its operator carries a folded batch norm), "identity removed".</param>
/// <param name="CheckRelativeError">
/// Rewritten float model against float model, before any quantization: largest |difference| over largest |value| of an image, the worst of
/// the calibration images; null when there were none.
/// </param>
public sealed record LayerMapRow(
    ImmutableArray<string> Reference, ImmutableArray<string> Target, TensorTransform Transform, string Reason, double? CheckRelativeError);

/// <param name="Reason">"BN folded", "fused activation", "constant", "not in target".</param>
public sealed record UnmatchedTensor(string Tensor, string Reason);
