using System.Collections.Immutable;
using Parity.Core;
using Parity.Lowering;

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
    ImmutableSortedDictionary<string, string> Flags)
{
    /// <summary>Likewise of layers that are rounded to float16.</summary>
    public ImmutableArray<string> Float16 { get; init; } = [];

    /// <summary>Likewise of layers that have 16-bit integers.</summary>
    public ImmutableArray<string> Int16 { get; init; } = [];

    /// <summary>The suite's task as this target decodes, where its TopK or NMS is another; null decodes as the reference does.</summary>
    public ITask? PostProcessing { get; init; }

    /// <summary>What `trtexec --exportLayerInfo` says of the engine; null where there is none.</summary>
    public ImmutableArray<EngineLayer>? EngineLayers { get; init; }

    /// <summary>Also measure the models between the float reference and this target, stage by stage.</summary>
    public bool Waterfall { get; init; }

    /// <summary>The chip that the suite brings along as a file; null where <see cref="Profile"/> names a target of the product.</summary>
    public ProfileFile? Chip { get; init; }

    public CalibrationOptions Options { get; init; } = CalibrationOptions.Default;
}
