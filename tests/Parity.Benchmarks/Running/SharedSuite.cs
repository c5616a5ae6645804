using System.Collections.Immutable;
using Parity.Cli;
using Parity.Core;
using Parity.Engine.Suites;

namespace Parity.Benchmarks.Running;

/// <summary>Suites on the real pictures of shared/real, which lies beside an ancestor of this program or where PARITY_DATA says.</summary>
internal static class SharedSuite
{
    public static string Repository { get; } = Ancestors().First(d => File.Exists(Path.Combine(d, "Parity.sln")));

    public static string Data { get; } = Environment.GetEnvironmentVariable("PARITY_DATA")
        ?? Ancestors().Select(d => Path.Combine(d, "shared", "real")).FirstOrDefault(Directory.Exists)
        ?? throw new FaultException("there is no folder shared/real", AppContext.BaseDirectory, "Set PARITY_DATA to the folder of real models and pictures.");

    /// <summary>Null without shared/real.</summary>
    public static string? Pictures =>
        new[] { Environment.GetEnvironmentVariable("PARITY_DATA") }.OfType<string>().Concat(Ancestors().Select(d => Path.Combine(d, "shared", "real"))).Select(d => Path.Combine(d, "coco", "images")).FirstOrDefault(Directory.Exists);

    public static string YoloxNano { get; } = Path.Combine(Repository, "suites", "coco128-yolox-nano.yaml");

    /// <summary>The value of --rounds.</summary>
    public static int Rounds(string[] options, int otherwise) => options is ["--rounds", var rounds] ? int.Parse(rounds) : otherwise;

    public static Suite Read(string path, int? limit = null) => SuiteReader.Read(path, Data, [], limit, Composition.Parts);

    /// <summary>A suite of a model of YOLOv5s' shape for the given targets.</summary>
    public static Suite Yolov5s(string model, int? limit, params ImmutableArray<string> targets) => SuiteReader.Parse($$"""
        name: yolov5s-shaped
        model: {{model}}
        dataset: {format: coco, images: coco/images, annotations: coco/instances.json}
        calibration: {format: folder, images: calibration, exclude: [000000005001.jpg]}
        preprocessing: {resize: letterbox-centred, size: [640, 640], pad: 114, color: rgb, scale: 1/255}
        task:
          kind: detection
          decoder: {kind: yolov5}
          classes: coco80
          every-class: true
          clip: true
          score-threshold: 0.01
          nms: {contract: torchvision, iou: 0.6}
          max-detections: 300
        targets: [{{string.Join(", ", targets)}}]
        policy:
          clauses: ["bbox/AP drop <= 1.0 points"]
        """, "yolov5s.yaml", Data, [], limit, Composition.Parts);

    private static IEnumerable<string> Ancestors()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return folder.FullName;
    }
}
