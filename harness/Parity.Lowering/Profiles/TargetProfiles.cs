using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering;

/// <summary>Every target. A new one is a file of data and a line here.</summary>
public static class TargetProfiles
{
    public static ImmutableArray<TargetProfile> All { get; } =
    [
        TensorRtProfiles.Explicit,
        TensorRtProfiles.Float32,
        TensorRtProfiles.Float16,
        Rk1808Profile.U8Asymmetric,
    ];

    /// <exception cref="FaultException">No target has the name.</exception>
    public static TargetProfile Named(string name, string where) => All.FirstOrDefault(p => p.Name == name)
        ?? throw new FaultException($"there is no target '{name}'", where, $"Take one of {string.Join(", ", All.Select(p => p.Name))}.");
}
