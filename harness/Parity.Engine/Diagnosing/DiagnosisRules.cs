using System.Collections.Immutable;

namespace Parity.Engine.Diagnosing;

/// <summary>Every rule; a new one is a file in Rules/ and a line here.</summary>
public static class DiagnosisRules
{
    public static ImmutableArray<IRule> All { get; } =
    [
        new NonFinite(),
        new EqualToFloat(),
        new Uncalibrated(),
        new CalibrationUnlike(),
        new WrongPreprocessing(),
        new LayoutSwapped(),
        new ZeroPointForbidden(),
        new BiasOverflow(),
        new BatchDependent(),
        new RangeClipped(),
        new RangeTooWide(),
        new ActivationOutliers(),
        new PartsOfUnlikeRange(),
        new UnlikeScales(),
        new ReusedOperator(),
        new ChannelSpread(),
        new OutputQuantized(),
        new Unfused(),
        new ContractDiffers(),
        new EffectivePrecision(),
        new LossyLayer(),
    ];
}
