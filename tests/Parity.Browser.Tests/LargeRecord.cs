using System.Collections.Immutable;
using Parity.Core;
using Parity.Reports;
using Parity.Reports.Tests;

namespace Parity.Browser.Tests;

/// <summary>A run at the size that the report must carry: 300 layers, 50 images with 100 boxes on each side, and a graph of 1,100 operators with long skips.</summary>
internal static class LargeRecord
{
    private const int Layers = 300, Images = 50, Boxes = 100, Operators = 1100, Channels = 64;

    public static ReportContent Content { get; } = new(
        RichRecord.Run with { Targets = [Target(RichRecord.Run.Targets[1])] }, RichRecord.Verdict with { Clauses = [.. RichRecord.Verdict.Clauses.Where(c => c.Target == "rk1808-minmax")] });

    private static TargetRecord Target(TargetRecord rich)
    {
        ProbeRecord probe = rich.Probe!;
        QdqRecord node = rich.Qdq[4];
        QuantizationDivergence quantizer = probe.Quantizers[^1] with { Extents = new ChannelExtents(1, [.. Enumerable.Range(1, Channels).Select(c => 4f / c)]) };
        QdqRecord weight = rich.Qdq[1] with { Scales = [.. Enumerable.Range(1, Channels).Select(c => 0.01 / c)], ZeroPoints = [.. Enumerable.Repeat(0L, Channels)], Extents = new ChannelExtents(0, [.. Enumerable.Range(1, Channels).Select(c => 1.27f / c)]) };
        ImmutableArray<QdqRecord> nodes = [.. Enumerable.Range(0, Layers).Select(i => node with { Quantize = $"t{i}_Q", Dequantize = $"t{i}_DQ", Tensor = $"t{i}", Source = $"t{i}", Consumers = [$"op{i + 1}"] })];
        ImmutableArray<QdqRecord> weights = [.. Enumerable.Range(0, Layers).Select(i => weight with { Quantize = "", Dequantize = $"w{i}_DQ", Tensor = $"w{i}", Source = $"w{i}", Consumers = [$"op{i}"] })];
        return rich with
        {
            Qdq = [.. nodes, .. weights],
            Probe = probe with
            {
                Layers = [.. Enumerable.Range(0, Layers).Select(i => probe.Layers[1] with { Reference = $"t{i}", Target = $"t{i}", SqnrDb = probe.Layers[1].SqnrDb with { Median = 60 - i / 6.0 } })],
                Quantizers = [.. nodes.Select(n => quantizer with { Quantize = n.Quantize })],
            },
            Images = [.. Enumerable.Range(0, Images).Select(i => Image(rich.Images[0], i))],
            Graph = new GraphRecord(["images"], [$"t{Operators - 1}"],
            [
                .. Enumerable.Range(0, Operators).Select(i => new GraphNode(
                    $"op{i}", i % 3 == 0 ? "Conv" : "Add", [i == 0 ? "images" : $"t{i - 1 - i % 4 / 3 * Math.Min(i - 1, 2)}", .. i % 50 == 49 ? [$"t{i - 40}"] : Array.Empty<string>()], [$"t{i}"], 1000L * i, "int8")),
            ]),
        };
    }

    private static ImageRecord Image(ImageRecord rich, int number)
    {
        Overlay Overlay(int shift) => new([.. Enumerable.Range(0, Boxes).Select(i => new BoxShape(i * 5 % 600 + shift, i * 7 % 400, 30.25 + shift, 20.5, "person", 0.99 - i / 110.0, 0))]);
        return rich with
        {
            SampleId = $"{number}", Name = $"{number:000000000000}.jpg", Picture = $"pictures/{number}.jpg", Truth = Overlay(0), Reference = Overlay(1), Target = Overlay(2),
            TargetDecisions = [.. Enumerable.Range(0, 300).Select(i => new Decision("score", i, "kept", null, 0.5))],
        };
    }
}
