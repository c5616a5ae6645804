using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Benchmarks.Diagnosing;

/// <summary>A kind of fault.</summary>
/// <param name="Rule">That must find it.</param>
/// <param name="Sites">Every place of a sound model where it can be planted.</param>
internal sealed record Plant(string Kind, string Rule, string Profile, Func<PlantedBase, IEnumerable<Func<Planted>>> Sites);

/// <summary>The kinds of fault that are planted.</summary>
internal static class Plants
{
    private const string Trt = "tensorrt", Rk = "rk1808";

    public static ImmutableArray<Plant> All { get; } =
    [
        new("range cut to 1/8, int8", "range-clipped", Trt, b => Scaled(b, 1 / 8f)),
        new("range cut to 1/8, u8", "range-clipped", Rk, b => Scaled(b, 1 / 8f)),
        new("range 16 x too wide, int8", "range-too-wide", Trt, b => Scaled(b, 16)),
        new("range 16 x too wide, u8", "range-too-wide", Rk, b => Scaled(b, 16)),
        new("scale left at 1", "uncalibrated", Trt, b => Each(b, q => Math.Abs(Math.Log2(q.Pair.Scales[0])) > 2.5 && q.Reach > 0, (q, g) => GraphDamage.Scale(g, q, _ => 1))),
        new("one scale everywhere", "uncalibrated", Trt, b => b.Quantizers.Select(one => (Func<Planted>)(() => b.Edit(null, g =>
        {
            foreach (SeenQuantizer q in b.Quantizers)
                GraphDamage.Scale(g, q, _ => (float)one.Pair.Scales[0]);
        })))),
        new("weights' scale left at 1", "uncalibrated", Rk, WeightScaleOne),
        new("calibration state: no Q/DQ acts", "equal-to-float", Trt, b => [() => new Planted(new LoweringResult(b.Float, b.Lowered.Map, [], b.Lowered.Cost, [], []), b.Float, null)]),
        new("zero point of activations", "zero-point-forbidden", Trt, b => Each(b, _ => true, (q, g) => GraphDamage.ZeroPoint(g, q.Pair.Quantize, 20))),
        new("zero point of weights", "zero-point-forbidden", Trt, b => b.Lowered.Qdq.Where(p => p.Kind == "weight").Select(p => (Func<Planted>)(() => b.Edit(p.Consumers[0], g => GraphDamage.ZeroPoint(g, p.Dequantize, 3))))),
        new("Q/DQ before a fused activation", "unfused", Rk, BeforeActivation),
        new("batch norm left behind its Conv", "unfused", Trt, b => Convs(b, b.Lowered.Model.Graph).Select(c => (Func<Planted>)(() => b.Edit(c.Outputs[0], g => BatchNorm(b, g, c.Outputs[0]))))),
        new("two operators share one observer", "reused-operator", Rk, SharedObserver),
        new("bias code at the end of int32", "bias-overflow", Rk, b => b.Lowered.Qdq.Where(p => p.Kind == "bias").Select(p => (Func<Planted>)(() => b.Edit(p.Consumers[0], g =>
        {
            string codes = g.NodeNamed(p.Dequantize)!.Input(0);
            int[] values = g.Constant(codes)!.Span<int>().ToArray();
            values[0] = int.MaxValue;
            g.SetInput(g.NodeNamed(p.Dequantize)!, 0, GraphDamage.Store(g, $"{codes}/planted", Tensor.Create(values, values.Length)));
        })))),
        new("NaN in a bias", "non-finite", Trt, b => Convs(b, b.Lowered.Model.Graph).Where(c => b.Lowered.Model.Graph.Constant(c.Input(2)) is { Type: ElementType.Float32 }).Select(c => (Func<Planted>)(() => b.Edit(c.Name, g =>
        {
            float[] values = g.Constant(c.Input(2))!.Span<float>().ToArray();
            values[0] = float.NaN;
            g.SetInput(g.NodeNamed(c.Name)!, 2, GraphDamage.Store(g, $"{c.Name}/planted", Tensor.Create(values, values.Length)));
        })))),
        new("overflow to infinity", "non-finite", Trt, b => Mapped(b, _ => true).Select(t => (Func<Planted>)(() => b.Edit(t, g => GraphDamage.Behind(g, t, inner =>
        {
            string huge = GraphDamage.Store(g, "planted/huge", Tensor.Create(new[] { 3e38f }));
            return [new Node("Mul", [inner, huge], ["planted/m"], "planted/Mul"), new Node("Mul", ["planted/m", huge], ["planted/n"], "planted/Mul2")];
        }))))),
        new("height and width swapped", "layout-swapped", Trt, b => Mapped(b, s => s is [1, > 1, > 2, _] && s[2] == s[3]).Select(t => (Func<Planted>)(() => b.Edit(t, g => GraphDamage.Behind(g, t, inner =>
            [new Node("Transpose", [inner], ["planted/t"], "planted/Transpose").Set("perm", [0L, 1, 3, 2])]))))),
        new("channels in another order", "layout-swapped", Trt, b => Mapped(b, s => s is [1, > 7, > 1, > 1]).Select(t => (Func<Planted>)(() => b.Edit(t, g => GraphDamage.Behind(g, t, inner =>
        {
            int channels = ShapeInference.Of(b.Float).ShapeOf(t)!.Value[1];
            string order = GraphDamage.Store(g, "planted/order", Tensor.Create([.. Enumerable.Range(0, channels).Select(c => (long)((c + channels / 2) % channels))], channels));
            return [new Node("Gather", [inner, order], ["planted/g"], "planted/Gather").Set("axis", 1L)];
        }))))),
        new("mean of the batch", "batch-dependent", Trt, b => Mapped(b, s => s.Length == 4).Select(t => (Func<Planted>)(() => b.Edit(t, g => GraphDamage.Behind(g, t, inner =>
        {
            string axes = GraphDamage.Store(g, "planted/axes", Tensor.Create(new[] { 0L }, 1));
            var mean = b.Lowered.Model.OpsetVersion >= 18
                ? new Node("ReduceMean", [inner, axes], ["planted/mean"], "planted/ReduceMean")
                : new Node("ReduceMean", [inner], ["planted/mean"], "planted/ReduceMean").Set("axes", [0L]);
            return [mean, new Node("Max", [inner, "planted/mean"], ["planted/max"], "planted/Max")];
        }))))),
        new("output rounded", "output-quantized", Trt, b => OutputTensors(b).Select(t => (Func<Planted>)(() => b.Edit(t.Tensor, g => Round(g, t.Tensor, t.Reach, 1))))),
        new("narrow parts of the output", "parts-of-unlike-range", Rk, b => OutputConvs(b).Select(c => (Func<Planted>)(() => b.EditFloat(c.Outputs[0], g =>
            GraphDamage.Channels(g, c, channel => channel % 2 == 0 ? 1e-3f : 1))))),
        new("a narrow branch of a Concat", "unlike-scales", Rk, b => Branches(b).Select(t => (Func<Planted>)(() => b.EditFloat(t, g =>
            GraphDamage.Behind(g, t, inner => [new Node("Mul", [inner, GraphDamage.Store(g, "planted/small", Tensor.Create(new[] { 1e-3f }))], ["planted/m"], "planted/Mul")]))))),
        new("one input of an Add 32 x too wide", "unlike-scales", Rk, b => AddInputs(b).Select(q => (Func<Planted>)(() => b.Edit(q.Tensor, g => GraphDamage.Scale(g, q, s => s * 32))))),
        new("one filter 100 x the others", "channel-spread", Rk, b => Convs(b, b.Float.Graph).Where(c => b.Float.Graph.Constant(c.Input(1))!.Shape[0] >= 8).Select(c => (Func<Planted>)(() =>
            b.EditFloat(c.Name, g => GraphDamage.Channels(g, c, channel => channel == 1 ? 100 : 1)) with { NeedsIsolation = true }))),
        new("one pixel 200 x the others", "activation-outliers", Trt, b => Outliers(b)),
        new("calibrated on dark images", "calibration-unlike", Trt, b => new[] { 0.1f, 0.14f, 0.18f, 0.22f, 0.26f }.Select(gain => (Func<Planted>)(() => new Planted(b.Lower(b.Float, gain), b.Float, null)))),
        new("calibrated on glaring images", "calibration-unlike", Trt, b => new[] { 4f, 5f, 6f, 8f, 10f }.Select(gain => (Func<Planted>)(() => new Planted(b.Lower(b.Float, gain), b.Float, null)))),
        new("engine layer in float32", "effective-precision", Trt, b => Convs(b, b.Lowered.Model.Graph).Select(c => (Func<Planted>)(() => new Planted(b.Lowered, b.Float, c.Name) { EngineLayers = [.. Engine(b, c.Name)] }))),
    ];

    private static IEnumerable<Func<Planted>> Each(PlantedBase b, Func<SeenQuantizer, bool> where, Action<SeenQuantizer, Graph> edit) =>
        b.Quantizers.Where(q => q.Reach > 0 && where(q)).Select(q => (Func<Planted>)(() => b.Edit(q.Tensor, g => edit(q, g))));

    private static IEnumerable<Func<Planted>> Scaled(PlantedBase b, float factor) => Each(b, _ => true, (q, g) => GraphDamage.Scale(g, q, s => s * factor));

    private static IEnumerable<Node> Convs(PlantedBase b, Graph graph) => graph.Nodes.Where(n => n.Is("Conv") && b.Float.Graph.NodeNamed(n.Name) is not null);

    /// <summary>Tensors with their own name on both sides that are inside the network.</summary>
    private static IEnumerable<string> Mapped(PlantedBase b, Func<ImmutableArray<int>, bool> shape)
    {
        InferredShapes shapes = ShapeInference.Of(b.Float);
        return b.Lowered.Map.Rows.Where(r => r.Reference[^1] == r.Target[^1]).Select(r => r.Target[^1])
            .Where(t => !b.Lowered.Model.Graph.IsOutput(t) && b.Lowered.Model.Graph.ProducerOf(t) is { } maker && !QdqView.IsDequantize(maker) && maker.Outputs.Count == 1
                && shapes.ShapeOf(t) is { } extents && shape(extents));
    }

    private static IEnumerable<Func<Planted>> WeightScaleOne(PlantedBase b) => b.Lowered.Qdq.Where(p => p.Kind == "weight" && p.Axis is null && b.Lowered.Model.Graph.NodeNamed(p.Dequantize) is not null)
        .Where(p => WeightsOf(b, p) is { Shape.Length: >= 2 } w && w.Span<byte>().Length > 0 && Largest(b, p) is > 0.5 and < 2)
        .Select(p => (Func<Planted>)(() => b.Edit(p.Consumers[0], g =>
        {
            Node dequantize = g.NodeNamed(p.Dequantize)!;
            byte[] codes = Array.ConvertAll(WeightsOf(b, p)!.Span<byte>().ToArray(), c => (byte)(128 + Math.Round((c - p.ZeroPoints[0]) * p.Scales[0])));
            g.SetInput(dequantize, 0, GraphDamage.Store(g, "planted/codes", Tensor.Create(codes, WeightsOf(b, p)!.Shape.AsSpan())));
            g.SetInput(dequantize, 1, GraphDamage.Store(g, "planted/scale", Tensor.Create(new[] { 1f })));
            g.SetInput(dequantize, 2, GraphDamage.Store(g, "planted/zero", Tensor.Create(new byte[] { 128 })));
        })));

    private static Tensor? WeightsOf(PlantedBase b, QdqRecord p) => b.Lowered.Model.Graph.Constant(b.Lowered.Model.Graph.NodeNamed(p.Dequantize)!.Input(0));

    private static double Largest(PlantedBase b, QdqRecord p) => WeightsOf(b, p)!.Span<byte>().ToArray().Max(c => Math.Abs(c - p.ZeroPoints[0]) * p.Scales[0]);

    private static IEnumerable<Func<Planted>> BeforeActivation(PlantedBase b)
    {
        Graph graph = b.Lowered.Model.Graph;
        foreach (Node conv in graph.Nodes.Where(n => n.Is("Conv")))
            if (graph.ConsumersOf(conv.Outputs[0]) is [var act] && (act.Is("Relu") || act.Is("Clip")) && b.Quantizers.FirstOrDefault(q => q.Pair.Tensor == act.Outputs[0]) is { } q)
                yield return () => b.Edit(conv.Name, g => GraphDamage.Pair(g, conv.Outputs[0], (float)(2 * q.Pair.Scales[0]), 128, signed: false));
    }

    private static void BatchNorm(PlantedBase b, Graph g, string tensor)
    {
        int channels = ShapeInference.Of(b.Float).ShapeOf(tensor)!.Value[1];
        string Vector(string name, float value) => GraphDamage.Store(g, $"planted/{name}", Tensor.Create(Enumerable.Repeat(value, channels).ToArray(), channels));
        GraphDamage.Behind(g, tensor, inner => [new Node("BatchNormalization", [inner, Vector("gamma", 1), Vector("beta", 0), Vector("mean", 0), Vector("var", 1)], ["planted/bn"], "planted/BatchNorm")]);
    }

    /// <summary>Pairs of results of one operator type of which one reaches at least six times as far.</summary>
    private static IEnumerable<Func<Planted>> SharedObserver(PlantedBase b)
    {
        var quantizers = b.Quantizers.Where(q => q is { IsPerTensor: true, Reach: > 0, Maker: not null }).ToList();
        foreach (SeenQuantizer narrow in quantizers)
        {
            if (quantizers.FirstOrDefault(w => w.Maker!.OpType == narrow.Maker!.OpType && w.Reach >= 6 * narrow.Reach) is not { } wide)
                continue;
            yield return () => b.Edit(narrow.Tensor, g =>
            {
                Node from = g.NodeNamed(wide.Pair.Quantize)!;
                string scale = g.NodeNamed(narrow.Pair.Quantize)!.Input(1), zero = g.NodeNamed(narrow.Pair.Quantize)!.Input(2);
                g.ReplaceAllUses(scale, from.Input(1));
                g.ReplaceAllUses(zero, from.Input(2));
            });
        }
    }

    private static void Round(Graph g, string tensor, double reach, float factor)
    {
        float scale = (float)(reach / 127 * factor);
        if (g.IsOutput(tensor))
        {
            string s = GraphDamage.Store(g, "planted/scale", Tensor.Create(new[] { scale })), z = GraphDamage.Store(g, "planted/zero", Tensor.Create(new sbyte[] { 0 }));
            GraphDamage.Behind(g, tensor, inner => [new Node("QuantizeLinear", [inner, s, z], ["planted/q"], "planted/Q"), new Node("DequantizeLinear", ["planted/q", s, z], ["planted/dq"], "planted/DQ")]);
        }
        else
        {
            GraphDamage.Pair(g, tensor, scale, 0, signed: true);
        }
    }

    /// <summary>Tensors whose values leave the model as they are, with their reach.</summary>
    private static IEnumerable<(string Tensor, double Reach)> OutputTensors(PlantedBase b) =>
        Mapped(b, _ => true).Where(t => Layout.LeadsToOutput(b.Lowered.Model.Graph, t)).Select(t => (t, 8.0));

    private static IEnumerable<Node> OutputConvs(PlantedBase b) =>
        Convs(b, b.Float.Graph).Where(c => Layout.LeadsToOutput(b.Float.Graph, c.Outputs[0]) && b.Float.Graph.Constant(c.Input(1))!.Shape[0] >= 4);

    /// <summary>Inputs of Concats that one operator makes for the Concat alone.</summary>
    private static IEnumerable<string> Branches(PlantedBase b)
    {
        Graph graph = b.Float.Graph;
        return graph.Nodes.Where(n => n.Is("Concat")).SelectMany(n => n.Inputs)
            .Where(t => graph.ConsumersOf(t).Length == 1 && graph.ProducerOf(t) is { Outputs.Count: 1 } maker && (maker.Is("Conv") || maker.Is("Relu") || maker.Is("Clip") || maker.Is("Mul") || maker.Is("Sigmoid")));
    }

    private static IEnumerable<SeenQuantizer> AddInputs(PlantedBase b)
    {
        Graph graph = b.Lowered.Model.Graph;
        bool Quantized(string i) => graph.ProducerOf(i) is { } d && QdqView.IsDequantize(d) && graph.ProducerOf(d.Input(0)) is { } q && QdqView.IsQuantize(q);
        return b.Quantizers.Where(q => q.Reach > 0 && q.Readers.Any(r => r.Is("Add") && r.Inputs.All(Quantized)));
    }

    private static IEnumerable<Func<Planted>> Outliers(PlantedBase b)
    {
        InferredShapes shapes = ShapeInference.Of(b.Float);
        foreach (SeenQuantizer q in b.Quantizers.Where(q => q.Maker is { } m && (m.Is("Conv") || m.Is("Mul") || m.Is("Add") || m.Is("Relu") || m.Is("Clip")) && q.Pair.Source is not null && b.Float.Graph.ProducerOf(q.Tensor) is { Outputs.Count: 1 }))
        {
            if (shapes.ShapeOf(q.Tensor) is not [1, _, > 1, > 1] extents || extents.Aggregate(1, (a, e) => a * e) is not (> 4000 and var count))
                continue;
            yield return () => b.EditFloat(q.Tensor, g => GraphDamage.Behind(g, q.Tensor, inner =>
            {
                var spike = new float[count];
                spike[count / 3] = (float)(200 * q.Reach!.Value);
                return [new Node("Add", [inner, GraphDamage.Store(g, "planted/spike", Tensor.Create(spike, extents.AsSpan()))], ["planted/spiked"], "planted/Add")];
            }));
        }
    }

    private static IEnumerable<EngineLayer> Engine(PlantedBase b, string wrong) =>
        Convs(b, b.Lowered.Model.Graph).Select(c => new EngineLayer(c.Name, c.Name == wrong || !QdqView.IsDequantize(b.Lowered.Model.Graph.ProducerOf(c.Input(1)) ?? c) ? "float32" : "int8", [c.Name]));
}
