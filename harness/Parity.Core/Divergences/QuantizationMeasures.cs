namespace Parity.Core;

/// <summary>What a quantizer did to the values that went through it, over all images. Null is no value: nothing seen, or something non-finite.</summary>
/// <param name="Count">Elements seen.</param>
/// <param name="NonFinite">NaN and infinite elements among them; any leaves every measure without a value.</param>
/// <param name="Low">Smallest real value that the codes represent (of the widest channel).</param>
/// <param name="High">Largest real value that the codes represent.</param>
/// <param name="Min">Smallest real value seen.</param>
/// <param name="Max">Largest real value seen.</param>
/// <param name="ClippedLowShare">Share (0 to 1) that rounds to a code below the lowest; null where only codes were seen.</param>
/// <param name="ClippedHighShare">Share that rounds to a code above the highest; null where only codes were seen.</param>
/// <param name="LowEndShare">Share with the lowest code, clipped or not: the only sign of clipping where only codes were seen.</param>
/// <param name="HighEndShare">Share with the highest code.</param>
/// <param name="CodesUsed">Different codes that occurred.</param>
/// <param name="CodesUsedShare"><paramref name="CodesUsed"/> of all codes, 0 to 1.</param>
/// <param name="ClippingMse">Mean over all elements of the squared error of those clipped; adds to <paramref name="RoundingMse"/> to give the MSE.</param>
/// <param name="RoundingMse">Mean over all elements of the squared error of those not clipped.</param>
/// <param name="ExpectedRoundingMse">scale^2/12 for each element not clipped, as a mean over all elements: what <paramref name="RoundingMse"/> is for values spread evenly.</param>
/// <param name="SqnrDb">
/// 10 log10(mean square of the values / (<paramref name="ClippingMse"/> + <paramref name="RoundingMse"/>)): the noise of this quantizer alone. Null
/// without noise, and where only codes were seen.
/// </param>
public sealed record QuantizationMeasures(
    long Count,
    long NonFinite,
    double Low,
    double High,
    double? Min,
    double? Max,
    double? ClippedLowShare,
    double? ClippedHighShare,
    double? LowEndShare,
    double? HighEndShare,
    int? CodesUsed,
    double? CodesUsedShare,
    double? ClippingMse,
    double? RoundingMse,
    double? ExpectedRoundingMse,
    double? SqnrDb);
