using System.Collections.Immutable;

namespace Parity.Engine.Suites;

/// <summary>One target of a suite.</summary>
/// <param name="Name">Unique in the suite; the profile's name unless the suite gives another.</param>
/// <param name="ReadyModel">A Q/DQ model taken as it is; null to lower the suite's float model.</param>
/// <param name="Percentile">Of the absolute values kept by the percentile calibrator, 50 to 100.</param>
/// <param name="KeepFloat">Name patterns (* and ?) of layers that stay float.</param>
/// <param name="Optimize">False emulates Q/DQ in float instead of using the backend's integer kernels.</param>
/// <param name="Flags">Of the profile, those the suite sets.</param>
public sealed record TargetRequest(
    string Name, string Profile, string Backend, string? ReadyModel, string Calibrator, double Percentile, ImmutableArray<string> KeepFloat, bool Optimize,
    ImmutableSortedDictionary<string, string> Flags);
