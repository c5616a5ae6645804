using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Reports.Tests;

/// <summary>A run with everything a page must cope with: each verdict, missing values, per-channel scales, names that are markup.</summary>
public static class RichRecord
{
    public const string Script = "<script>alert(1)</script>";
    public const int PictureWidth = 640;
    public const int PictureHeight = 426;
    public const string PicturePath = "pictures/000000000139.png";

    /// <summary>In pixels of the picture, which tests draw with these very rectangles.</summary>
    public static ImmutableArray<BoxShape> TargetBoxes { get; } =
    [
        new(412.5, 157.25, 53, 138, "person", 0.91, 0),
        new(10, 170, 150, 95, "tv", 0.62, 62),
        new(300, 220, 64, 90, "chair", 0.08, 56),
    ];

    public static RunRecord Run { get; } = new(
        RunRecord.CurrentSchema, "coco128-yolox-nano", Hash('a'), "parity 0.1.0+52f691c",
        new MachineRecord("Debian GNU/Linux 12", "Intel Xeon 8481C", 2, ".NET 10.0.12", "AVX-512", 1),
        new DatasetRecord("coco128", 128, Hash('b'),
        [
            new BadSample("4242", "000000004242.jpg", new Fault("the JPEG ends after 1,024 of 48,211 bytes", "images/000000004242.jpg", "Copy the file again.")),
            new BadSample("666", "\"><img src=x onerror=alert(1)>.jpg", new Fault("annotation names class 'dragon'", "instances.json", "Remove the annotation.")),
        ]),
        new DatasetRecord("coco-calibration", 20, Hash('c'), []),
        new BootstrapRecord(1000, 20260101, 0.95),
        new ReferenceRecord(
            new ModelRecord("yolox_nano.onnx", Hash('d'), 3_658_215, 910_000, 540_123_456), "onnxruntime-cpu",
            new Arithmetic("float32", "ONNX Runtime 1.29.0, CPU, all optimisations, 1 thread", 0),
            Measured(0.3410, 0.5008, 0.3672, 0.1571, 0.3911, 0.5342, 0.2870, null), Counted(3549, 61, 5290)),
        [
            Ready("tensorrt", "tensorrt", 0.3371, 0.0039, 0.0021, 0.0058, ["QDQ after the last Concat was left out, as TensorRT's compiler wants it"]),
            Ready("rk1808-minmax", "rk1808", 0.2104, 0.1306, 0.1101, 0.1520, []),
            Ready(Script, "cuda-w8a8", 0.3322, 0.0088, 0.0049, 0.0127, ["keep & <b>see</b>"]) with
            {
                EqualsReference = true,
                Measurements = [new Measurement("bbox/AP", double.NaN, "fraction", Direction.HigherIsBetter, 128)],
            },
            new TargetRecord(
                "hi3559", "hi3559", "board-agent",
                Availability.NotRun("No agent answered at 10.0.0.7:8001 within 5 s.", "Start `parity-agent` on the board, then run again with --resume."),
                null, null, null, null, false, [], [], ImmutableSortedDictionary<string, long>.Empty, [], [], [], null),
        ],
        new TimingsRecord(
            "2026-03-01T12:00:00Z", 1.92, 0.61, new Dictionary<string, double> { ["reference"] = 1.07, ["tensorrt"] = 1.31, ["rk1808-minmax"] = 1.29 }.ToImmutableSortedDictionary(StringComparer.Ordinal),
            0.44, 2.71, 3.05, 0.38, 0.21, 4.12, 11.37, 126, 0));

    public static VerdictRecord Verdict { get; } = new(
        VerdictRecord.CurrentSchema, "coco128-yolox-nano", Core.Verdict.Fail, ["bbox/AP drop <= 1.0 points", "bbox/AP >= 0.30"],
        [
            new ClauseRecord("tensorrt", "bbox/AP drop <= 1.0 points", Core.Verdict.Pass, "The drop of 0.39 points, at most 0.58 at 95 %, stays within 1.0.", 0.39, 0.21, 0.58, 1.0, "points", null),
            new ClauseRecord("tensorrt", "bbox/AP >= 0.30", Core.Verdict.Pass, "AP is 33.71 points, at least 30.60 at 95 %.", 0.3371, 0.3060, 0.3702, 0.30, "fraction", null),
            new ClauseRecord("rk1808-minmax", "bbox/AP drop <= 1.0 points", Core.Verdict.Fail, "bbox/AP drops by 13.06 points, at least 11.01 at 95 %, and 1.0 is allowed.", 13.06, 11.01, 15.20, 1.0, "points", null),
            new ClauseRecord(Script, "bbox/AP drop <= 1.0 points", Core.Verdict.Inconclusive, "The interval 0.49 to 1.27 lies astride the limit of 1.0.", 0.88, 0.49, 1.27, 1.0, "points", 610),
            new ClauseRecord("hi3559", "bbox/AP drop <= 1.0 points", Core.Verdict.NotRun, "The target did not run.", null, null, null, 1.0, "points", null),
        ]);

    /// <summary>With findings that name a node, an operator and nothing, and an earlier run in which a target was new, one gone and the rest better or worse.</summary>
    public static ReportContent Content { get; } = new(Run, Verdict, new FindingsRecord(FindingsRecord.CurrentSchema, Run.Suite, true, RichFindings.Of("rk1808-minmax")), RichFindings.Comparison(Run));

    private static TargetRecord Ready(string name, string profile, double ap, double drop, double lower, double upper, ImmutableArray<string> notes) => new(
        name, profile, "onnxruntime-cpu", Availability.Ready,
        new ModelRecord($"{profile}.onnx", Hash('e'), 1_204_881, 910_000, 540_123_456),
        new Arithmetic("integer kernels", "ONNX Runtime 1.29.0, CPU, all optimisations, 1 thread", 0.962),
        new PlanRecord("percentile 99.99", ["head/*_preds", "stem.0"], ["head/cls_preds.0", "head/reg_preds.0", "stem.0.conv"]), 0.9731, false,
        [.. Measured(ap, ap + 0.16, ap + 0.02, ap - 0.18, ap + 0.05, ap + 0.19, ap - 0.06, null), new Measurement("latency", 8.4375, "ms", Direction.LowerIsBetter, 126)],
        [
            new DropRecord("bbox/AP", "fraction", 0.3410, ap, drop, lower, upper, drop / 4, 126),
            new DropRecord("bbox/AP50", "fraction", 0.5008, ap + 0.16, drop * 0.8, lower * 0.5, upper * 1.3, drop / 3, 126),
            new DropRecord("bbox/AP75", "fraction", 0.3672, ap + 0.02, -0.0012, -0.0050, 0.0031, 0.0021, 126),
            new DropRecord("bbox/APs", "fraction", 0.1571, ap - 0.18, drop * 1.7, lower, upper * 2, drop / 2, 126),
            new DropRecord("bbox/APm", "fraction", 0.3911, ap + 0.05, -0.00001, -0.003, 0.003, 0.002, 126),
            new DropRecord("bbox/AP-crowd", "fraction", null, null, null, null, null, null, 0),
        ],
        Counted(3549, 58, 5377).Add("limit.cut", 12), Nodes, Images, notes, RichProbe.Record(Nodes))
    {
        Breakdown = Breakdown(ap, drop, lower, upper),
        Graph = new GraphRecord(["images"], ["head.out"],
        [
            new GraphNode("stem.conv", "Conv", ["images"], ["backbone.stem.conv"], 5_000_000, "uint8"),
            new GraphNode("backbone.dark2", "Concat", ["backbone.stem.conv", "images"], ["backbone.dark2.concat"], 0, "int8"),
            new GraphNode("\"><b>x</b>", "com.example.Odd", ["backbone.dark2.concat"], [Script], null, "float32"),
            new GraphNode("head/cls_preds.0", "Conv", [Script, "images"], ["head.out"], 1_000_000, "int8"),
        ]),
        Lowering = new LoweringRecord(
            [new RewriteRecord("BN folded", 58, 3.1e-7), new RewriteRecord("Focus as 6 x 6 Conv", 1, null)],
            [
                new UnsupportedOperator("neck/pool13", "MaxPool", "split", "MaxPool 13 as 3 pools of 5"), new UnsupportedOperator("head/softmax", "Softmax", "float", "the profile has no rule that quantizes it"),
                new UnsupportedOperator("head/topk", "TopK", "host", "K 4000, limits 1 to 3840"),
            ],
            [new LayerPrecision("stem.0.conv", "Conv", "int8", 5_000_000), new LayerPrecision("head/cls", "Conv", "int16", 1_000_000), new LayerPrecision("head/reg", "Conv", "int8", null)]),
    };

    /// <summary>Sizes with bounds, classes without, one of them without a value, one of a hostile name; curves that fall from 1.</summary>
    private static BreakdownRecord Breakdown(double ap, double drop, double lower, double upper) => new(
        [
            new PartRecord("size", "small", 321, new DropRecord("bbox/APs", "fraction", 0.1571, ap - 0.18, drop * 1.7, lower, upper * 2, drop / 2, 126)),
            new PartRecord("size", "large", 0, new DropRecord("bbox/APl", "fraction", null, null, null, null, null, null, 126)),
            new PartRecord("class", "person", 1777, new DropRecord("bbox/AP", "fraction", 0.51, 0.5, 0.01, null, null, null, 126)),
            new PartRecord("class", Script, 12, new DropRecord("bbox/AP", "fraction", 0.44, 0.31, 0.13, null, null, null, 126)),
        ],
        [Curve("bbox/AP", 2, ap), Curve("bbox/AP50", 5, ap)]);

    private static CurveRecord Curve(string name, double power, double target) => new(
        name, [.. Enumerable.Range(0, 101).Select(i => 1 - Math.Pow(i / 100.0, power))], [.. Enumerable.Range(0, 101).Select(i => double.IsFinite(target) ? (1 - Math.Pow(i / 100.0, power / 2)) * target * 2 : 0)]);

    private static ImmutableArray<QdqRecord> Nodes =>
    [
        Node("images", "images", "activation", [1.0 / 255], [0], ElementType.UInt8, null, 0, 1, ["stem.conv"]),
        Node("stem.conv.weight", "backbone.stem.conv.weight", "weight", [0.00031, 0.0127, 0.0042], [0, 0, 0], ElementType.Int8, 0, -1.6256, 1.6129, ["stem.conv"]) with
        {
            Extents = new ChannelExtents(0, [0.0387f, 1.6129f, 0]),
        },
        Node("stem.conv.bias", null, "bias", [1.2e-6, 4.9e-5], [0, 0], ElementType.Int32, 0, -105226, 105226, ["stem.conv"]),
        Node(Script, Script, "activation", [0.0873], [-11], ElementType.Int8, null, -10.21, 12.05, ["head/cls_preds.0", "\"><b>x</b>"]),
        Node("backbone.dark2.concat", "backbone.dark2.concat", "activation", [0.0419], [3], ElementType.Int8, null, -5.49, 5.2, ["backbone.dark2.conv3", "backbone.dark3.0.conv"]),
        .. Enumerable.Range(0, 24).Select(i => Node(
            $"backbone.dark{3 + i / 8}.{i % 8}.act", $"backbone.dark{3 + i / 8}.{i % 8}.act", "activation", [0.01 + 0.0031 * ((i * 7) % 24)], [-128 + i], ElementType.Int8, null,
            -0.28, (0.01 + 0.0031 * ((i * 7) % 24)) * 255, [$"backbone.dark{3 + i / 8}.{i % 8}.conv"])),
    ];

    private static ImmutableArray<ImageRecord> Images =>
    [
        Image("139", "000000000139.jpg", PicturePath, 0.5121, 0.2013),
        Image("285 <b>", "../\"><script>alert(2)</script>.jpg", PicturePath, 0.44, null),
        Image("632", "000000000632.jpg", PicturePath, 0.3812, 0.3101),
    ];

    private static ImageRecord Image(string id, string name, string picture, double? reference, double? target) => new(
        id, name, picture, PictureWidth, PictureHeight, reference, target,
        new Overlay([new BoxShape(413, 158, 53, 138, "person", null, 0), new BoxShape(5, 167, 150, 95, "tv", null, 62), new BoxShape(360, 200, 130, 110, Script, null, 60)]),
        new Overlay([new BoxShape(412, 156, 54, 140, "person", 0.94, 0), new BoxShape(8, 168, 149, 96, "tv", 0.81, 62), new BoxShape(298, 218, 66, 92, "chair", 0.44, 56)]),
        new Overlay([.. TargetBoxes]),
        [new Decision("score", 12, "kept", null, 0.94), new Decision("nms", 31, "suppressed", 12, 0.6612), new Decision("nms", 12, "kept", null, null)],
        [.. Enumerable.Range(0, 130).Select(i => new Decision("score", i, "cut", null, 0.0001 * i)), new Decision("nms", 31, "suppressed", 12, 0.6597)],
        [
            new ItemChange(ChangeKind.Lost, Script, 31, 0.61, ChangeReason.Suppressed, 12, 0.4412, 0.6597),
            new ItemChange(ChangeKind.Lost, "tv", 40, 0.42, ChangeReason.Score, null, 0.42, null),
            new ItemChange(ChangeKind.Extra, "chair", 77, 0.33, ChangeReason.Tie, null, null, 101),
        ]);

    private static QdqRecord Node(
        string tensor, string? source, string kind, ImmutableArray<double> scales, ImmutableArray<long> zeroPoints, ElementType type, int? axis, double low, double high, ImmutableArray<string> consumers) =>
        new($"{tensor}_QuantizeLinear", $"{tensor}_DequantizeLinear", tensor, source, kind, type, axis, scales, zeroPoints, low, high, consumers);

    private static ImmutableArray<Measurement> Measured(params ReadOnlySpan<double?> values)
    {
        string[] names = ["bbox/AP", "bbox/AP50", "bbox/AP75", "bbox/APs", "bbox/APm", "bbox/APl", "bbox/AR1", "bbox/AP-crowd"];
        var measured = ImmutableArray.CreateBuilder<Measurement>();
        for (int i = 0; i < values.Length; i++)
            measured.Add(new Measurement(names[i], values[i], "fraction", Direction.HigherIsBetter, 126));
        return measured.ToImmutable();
    }

    private static ImmutableSortedDictionary<string, long> Counted(long candidates, long kept, long suppressed) =>
        new Dictionary<string, long> { ["candidates"] = candidates * 126, ["nms.kept"] = kept * 126, ["nms.suppressed"] = suppressed }
            .ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static string Hash(char digit) => new(digit, 64);
}
