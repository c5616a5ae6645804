namespace Parity.Core;

/// <summary>
/// One reference tensor r against its target tensor q on one image. A measure is null where <see cref="State"/> says that it has no value;
/// no field is ever NaN or infinite.
/// </summary>
/// <param name="Count">Elements in each tensor.</param>
/// <param name="Cosine">sum(rq)/(|r||q|), -1 to 1; 1 when both are zero, 0 when one is.</param>
/// <param name="SqnrDb">10 log10(sum r^2 / sum (r-q)^2).</param>
/// <param name="Nmse">sum (r-q)^2 / sum r^2; 0 when exact.</param>
/// <param name="MaxAbs">max |r-q|.</param>
/// <param name="MaxAbsIndex">The first element at which it occurs.</param>
/// <param name="Mse">Mean of (r-q)^2.</param>
/// <param name="MeanError">Mean of r-q: the bias, positive when the target is too low.</param>
/// <param name="EqualCount">Elements with r == q.</param>
/// <param name="ReferenceNonFinite">NaN and infinite elements of r.</param>
/// <param name="TargetNonFinite">NaN and infinite elements of q.</param>
public sealed record TensorDivergence(
    DivergenceState State,
    long Count,
    double? Cosine,
    double? SqnrDb,
    double? Nmse,
    double? MaxAbs,
    long? MaxAbsIndex,
    double? Mse,
    double? MeanError,
    long EqualCount,
    long ReferenceNonFinite,
    long TargetNonFinite);
