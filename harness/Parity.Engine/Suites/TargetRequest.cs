using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Suites;

/// <summary>One target of a suite.</summary>
/// <param name="Name">Unique in the suite; the profile's name unless the suite gives another.</param>
/// <param name="ReadyModel">A Q/DQ model taken as it is; null to lower the suite's float model.</param>
/// <param name="Percentile">Of the absolute values kept by the percentile calibrator, 50 to 100.</param>
/// <param name="KeepFloat">Name patterns (* and ?) of layers that stay float.</param>
/// <param name="PostProcessing">The suite's task as this target decodes, where its TopK or NMS is another; null decodes as the reference does.</param>
/// <param name="Waterfall">Also measure the models between the float reference and this target, stage by stage.</param>
/// <param name="Optimize">False emulates Q/DQ in float instead of using the backend's integer kernels.</param>
public sealed record TargetRequest(
    string Name, string Profile, string Backend, string? ReadyModel, string Calibrator, double Percentile, ImmutableArray<string> KeepFloat, bool Optimize, ITask? PostProcessing = null, bool Waterfall = false);
