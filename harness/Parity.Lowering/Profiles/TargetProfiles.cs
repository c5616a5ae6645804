using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering;

/// <summary>Every target. A new one is a file of data and a line here.</summary>
public static class TargetProfiles
{
    public static ImmutableArray<TargetProfile> All { get; } =
    [
        TensorRtProfiles.Explicit,
        TensorRtProfiles.Implicit,
        TensorRtProfiles.Float32,
        TensorRtProfiles.Float16,
        Rk1808Profiles.U8Asymmetric,
        Rk1808Profiles.DynamicFixedPoint8,
        Rk1808Profiles.DynamicFixedPoint16,
        Rk3588Profiles.Int8,
        Rk3588Profiles.Float16,
        Mlu220Profiles.Int8,
        Mlu220Profiles.Int16,
        Hi3559Profiles.Log8,
        Hi3559Profiles.Log16,
        T40Profile.Magik,
        CudaProfile.W8A8,
        BpuProfiles.Int8,
        BpuProfiles.Int16,
    ];

    /// <exception cref="FaultException">No target has the name.</exception>
    public static TargetProfile Named(string name, string where) => All.FirstOrDefault(p => p.Name == name)
        ?? throw new FaultException($"there is no target '{name}'", where, $"Take one of {string.Join(", ", All.Select(p => p.Name))}.");
}
