using System.Collections.Immutable;
using System.Reflection;
using Parity.Adapters.OnnxRuntime;
using Parity.Adapters.Remote;
using Parity.Adapters.Replay;
using Parity.Core;
using Parity.Engine.Suites;
using Parity.Lowering;
using Parity.Onnx;
using Parity.Suites.Datasets;
using Parity.Suites.Detection;
using Parity.Suites.Imaging;
using Parity.Suites.InstanceMasks;
using Parity.Suites.Keypoints;
using Parity.Suites.Preprocessing;
using Parity.Suites.Segmentation;

namespace Parity.Cli;

/// <summary>The one place where everything is put together, by hand. A test fails when something that exists is missing here.</summary>
public static class Composition
{
    /// <summary>The first is the default of suites.</summary>
    public static ImmutableArray<IBackend> Backends { get; } =
    [
        new OnnxRuntimeBackend(ExecutionProvider.Cpu),
        new OnnxRuntimeBackend(ExecutionProvider.Cuda),
        new OnnxRuntimeBackend(ExecutionProvider.TensorRt),
        new RemoteBackend(),
        new ReplayBackend(),
    ];

    public static ImmutableArray<ITaskKind> TaskKinds { get; } = [new DetectionTaskKind(), new KeypointTaskKind(), new SegmentationTaskKind(), new MaskTaskKind()];

    public static IPictureCodec PictureCodec { get; } = new JpegCodec();

    public static string Tool { get; } = $"parity {Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}";

    /// <summary>Another build may prepare targets otherwise, also one of the same version.</summary>
    public static string Build { get; } = string.Join(' ', new[] { typeof(Composition), typeof(Lowerer), typeof(Suite), typeof(PicturePreprocessor), typeof(OnnxRuntimeBackend), typeof(OnnxModel), typeof(IBackend) }
        .Select(t => t.Module.ModuleVersionId.ToString("N")).Prepend(Tool));

    /// <summary>Where prepared targets are kept when nothing else is said.</summary>
    public static string CacheFolder => Environment.GetEnvironmentVariable("PARITY_CACHE") is { Length: > 0 } given
        ? given
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "parity");

    public static SuiteParts Parts { get; } = new(
        DatasetFormats.All, TaskKinds, settings => PreprocessingPlan.Read(settings) is { } plan ? new PicturePreprocessor(plan) : null, Backends,
        [.. TargetProfiles.All.Select(p => p.Name)], Calibrators.All);
}
