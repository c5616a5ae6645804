using System.Collections.Immutable;
using Parity.Lowering;

namespace Parity.Conformance;

/// <summary>Every rule. A new one is a file in Rules and a line here.</summary>
public static class ConformanceRules
{
    public static ImmutableArray<Rule> All { get; } =
    [
        LinearRules.Quantize, LinearRules.QuantizePerChannel, LinearRules.Dequantize, LinearRules.ProfileQuantize, LinearRules.Calibration,
        RoundingRules.HalfToEven, RoundingRules.HalfAway, RoundingRules.HalfUp, RoundingRules.VeriSilicon, RoundingRules.Shifts,
        GoldenRules.Gfpq, GoldenRules.PositionScale, GoldenRules.PositionScaleOffset, GoldenRules.CaffePosition, GoldenRules.Rocket, GoldenRules.EtnavivV7, GoldenRules.EtnavivV8,
        SelectionRules.TopK, SelectionRules.BackendNms, SelectionRules.Contracts,
    ];

    /// <summary>What `--target` takes: profiles, and chips that only have golden vectors so far.</summary>
    public static ImmutableArray<string> Targets { get; } =
        [.. TargetProfiles.All.Select(p => p.Name), .. All.SelectMany(r => r.Chips).Where(c => TargetProfiles.All.All(p => p.Name != c)).Distinct().Order(StringComparer.Ordinal)];
}
