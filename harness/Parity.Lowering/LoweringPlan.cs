using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>How a model is to be lowered.</summary>
/// <param name="Calibrator">One of <see cref="Calibrators.All"/>.</param>
/// <param name="Percentile">Above 50 up to 100; used by the percentile calibrator alone.</param>
/// <param name="KeepFloat">Patterns with * and ? against names of nodes and of their outputs: these operators are not quantized.</param>
public sealed record LoweringPlan(TargetProfile Profile, string Calibrator, double Percentile, ImmutableArray<string> KeepFloat)
{
    /// <summary>Patterns as in <see cref="KeepFloat"/>: these operators are rounded to float16.</summary>
    public ImmutableArray<string> Float16 { get; init; } = [];

    /// <summary>Likewise: these have the profile's 16-bit integers.</summary>
    public ImmutableArray<string> Int16 { get; init; } = [];

    public CalibrationOptions Options { get; init; } = CalibrationOptions.Default;
}
