using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Benchmarks.Diagnosing;

/// <summary>Where a kind of fault can be planted in a sound model, and how.</summary>
internal static class PlantSites
{
    public static IEnumerable<Func<Planted>> Each(PlantedBase b, Func<SeenQuantizer, bool> where, Action<SeenQuantizer, Graph> edit) =>
        b.Quantizers.Where(q => q.Reach > 0 && where(q)).Select(q => (Func<Planted>)(() => b.Edit(q.Tensor, g => edit(q, g))));

    public static IEnumerable<Func<Planted>> Scaled(PlantedBase b, float factor) => Each(b, _ => true, (q, g) => GraphDamage.Scale(g, q, s => s * factor));

    public static IEnumerable<Node> Convs(PlantedBase b, Graph graph) => graph.Nodes.Where(n => n.Is("Conv") && b.Float.Graph.NodeNamed(n.Name) is not null);

    /// <summary>Tensors with their own name on both sides that are inside the network.</summary>
    public static IEnumerable<string> Mapped(PlantedBase b, Func<ImmutableArray<int>, bool> shape)
    {
        InferredShapes shapes = b.Shapes;
        return b.Lowered.Map.Rows.Where(r => r.Reference[^1] == r.Target[^1]).Select(r => r.Target[^1])
            .Where(t => !b.Lowered.Model.Graph.IsOutput(t) && b.Lowered.Model.Graph.ProducerOf(t) is { } maker && !QdqView.IsDequantize(maker) && maker.Outputs.Count == 1
                && shapes.ShapeOf(t) is { } extents && shape(extents));
    }

    public static IEnumerable<Func<Planted>> WeightScaleOne(PlantedBase b) => b.Lowered.Qdq.Where(p => p.Kind == "weight" && p.Axis is null && b.Lowered.Model.Graph.NodeNamed(p.Dequantize) is not null)
        .Where(p => WeightsOf(b, p) is { Shape.Length: >= 2 } w && w.Span<byte>().Length > 0 && Largest(b, p) is > 0.5 and < 2)
        .Select(p => (Func<Planted>)(() => b.Edit(p.Consumers[0], g =>
        {
            Node dequantize = g.NodeNamed(p.Dequantize)!;
            byte[] codes = Array.ConvertAll(WeightsOf(b, p)!.Span<byte>().ToArray(), c => (byte)(128 + Math.Round((c - p.ZeroPoints[0]) * p.Scales[0])));
            g.SetInput(dequantize, 0, GraphDamage.Store(g, "planted/codes", Tensor.Create(codes, WeightsOf(b, p)!.Shape.AsSpan())));
            g.SetInput(dequantize, 1, GraphDamage.Store(g, "planted/scale", Tensor.Create(new[] { 1f })));
            g.SetInput(dequantize, 2, GraphDamage.Store(g, "planted/zero", Tensor.Create(new byte[] { 128 })));
        })));

    public static Tensor? WeightsOf(PlantedBase b, QdqRecord p) => b.Lowered.Model.Graph.Constant(b.Lowered.Model.Graph.NodeNamed(p.Dequantize)!.Input(0));

    public static double Largest(PlantedBase b, QdqRecord p) => WeightsOf(b, p)!.Span<byte>().ToArray().Max(c => Math.Abs(c - p.ZeroPoints[0]) * p.Scales[0]);

    public static IEnumerable<Func<Planted>> BeforeActivation(PlantedBase b)
    {
        Graph graph = b.Lowered.Model.Graph;
        foreach (Node conv in graph.Nodes.Where(n => n.Is("Conv")))
            if (graph.ConsumersOf(conv.Outputs[0]) is [var act] && (act.Is("Relu") || act.Is("Clip")) && b.Quantizers.FirstOrDefault(q => q.Pair.Tensor == act.Outputs[0]) is { } q)
                yield return () => b.Edit(conv.Name, g => GraphDamage.Pair(g, conv.Outputs[0], (float)(2 * q.Pair.Scales[0]), 128, signed: false));
    }

    public static void BatchNorm(PlantedBase b, Graph g, string tensor)
    {
        int channels = b.Shapes.ShapeOf(tensor)!.Value[1];
        string Vector(string name, float value) => GraphDamage.Store(g, $"planted/{name}", Tensor.Create(Enumerable.Repeat(value, channels).ToArray(), channels));
        GraphDamage.Behind(g, tensor, inner => [new Node("BatchNormalization", [inner, Vector("gamma", 1), Vector("beta", 0), Vector("mean", 0), Vector("var", 1)], ["planted/bn"], "planted/BatchNorm")]);
    }

    /// <summary>Pairs of results of one operator type of which one reaches at least six times as far.</summary>
    public static IEnumerable<Func<Planted>> SharedObserver(PlantedBase b)
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

    public static void Round(Graph g, string tensor, double reach)
    {
        float scale = (float)(reach / 127);
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

    /// <summary>Tensors whose values leave the model as they are, with what makes them and six times their root mean square.</summary>
    public static IEnumerable<(string Tensor, string Maker, double Reach)> OutputTensors(PlantedBase b) =>
        from layer in b.Clean.Target.Probe!.Layers
        where Layout.LeadsToOutput(b.Lowered.Model.Graph, layer.Target) && b.Lowered.Model.Graph.ProducerOf(layer.Target) is { Outputs.Count: 1 } && !b.Quantizers.Any(q => q.Pair.Tensor == layer.Target)
        where layer is { Mse.Median: > 0, Nmse.Median: > 0 }
        select (layer.Target, b.Clean.MakerOf(layer.Target)!.Name, 6 * Math.Sqrt(layer.Mse.Median!.Value / layer.Nmse.Median!.Value));

    public static IEnumerable<Node> OutputConvs(PlantedBase b) =>
        Convs(b, b.Float.Graph).Where(c => Layout.LeadsToOutput(b.Float.Graph, c.Outputs[0]) && b.Float.Graph.Constant(c.Input(1))!.Shape[0] >= 4);

    /// <summary>Inputs of Concats whose result is rounded, that one operator makes for the Concat alone.</summary>
    public static IEnumerable<string> Branches(PlantedBase b)
    {
        Graph graph = b.Float.Graph;
        return graph.Nodes.Where(n => n.Is("Concat") && b.Quantizers.Any(q => q.Tensor == n.Outputs[0])).SelectMany(n => n.Inputs)
            .Where(t => graph.ConsumersOf(t).Length == 1 && graph.ProducerOf(t) is { Outputs.Count: 1 } maker && (maker.Is("Conv") || maker.Is("Relu") || maker.Is("Clip") || maker.Is("Mul") || maker.Is("Sigmoid")));
    }

    public static IEnumerable<SeenQuantizer> AddInputs(PlantedBase b)
    {
        Graph graph = b.Lowered.Model.Graph;
        bool Quantized(string i) => graph.ProducerOf(i) is { } d && QdqView.IsDequantize(d) && graph.ProducerOf(d.Input(0)) is { } q && QdqView.IsQuantize(q);
        return b.Quantizers.Where(q => q.Reach > 0 && q.Readers.Any(r => r.Is("Add") && r.Inputs.All(Quantized)));
    }

    public static IEnumerable<Func<Planted>> Outliers(PlantedBase b)
    {
        InferredShapes shapes = b.Shapes;
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

    public static IEnumerable<EngineLayer> EngineLayers(PlantedBase b, string wrong) =>
        Convs(b, b.Lowered.Model.Graph).Select(c => new EngineLayer(c.Name, c.Name == wrong || !QdqView.IsDequantize(b.Lowered.Model.Graph.ProducerOf(c.Input(1)) ?? c) ? "float32" : "int8", [c.Name]));

    /// <summary>The codes of weights are a sixteenth of what they might be.</summary>
    public static IEnumerable<Func<Planted>> WeightsTooWide(PlantedBase b) => b.Lowered.Qdq
        .Where(p => p.Kind == "weight" && b.Lowered.Model.Graph.NodeNamed(p.Dequantize) is { } d && b.Lowered.Model.Graph.Constant(d.Input(0)) is { Type: ElementType.Int8, Shape.Length: >= 2 })
        .Select(p => (Func<Planted>)(() => b.Edit(p.Consumers[0], g =>
        {
            Node dequantize = g.NodeNamed(p.Dequantize)!;
            Tensor codes = g.Constant(dequantize.Input(0))!, scale = g.Constant(dequantize.Input(1))!;
            g.SetInput(dequantize, 0, GraphDamage.Store(g, "planted/codes", Tensor.Create(Array.ConvertAll(codes.Span<sbyte>().ToArray(), c => (sbyte)Math.Round(c / 16f)), codes.Shape.AsSpan())));
            g.SetInput(dequantize, 1, GraphDamage.Store(g, "planted/scale", Tensor.Create(Array.ConvertAll(scale.Span<float>().ToArray(), s => s * 16), scale.Shape.AsSpan())));
        })));

    /// <summary>Both models take the best along some axis of an output; the target takes another number of them, or the least.</summary>
    public static IEnumerable<Func<Planted>> TopKs(PlantedBase b)
    {
        string output = b.Float.Graph.Outputs[0].Name;
        (long[] Reference, long[] Target)[] contracts = [.. Enumerable.Range(0, 20).Select(i => (new[] { 8L + i, 1 }, i % 4 == 0 ? new[] { 8L + i, 0 } : new[] { 4L + i / 2, 1 }))];
        foreach (var (ours, theirs) in contracts)
        {
            yield return () =>
            {
                OnnxModel reference = b.Float.Clone(), target = b.Lowered.Model.Clone();
                TopK(reference.Graph, ours);
                TopK(target.Graph, theirs);
                return new Planted(b.Lowered.With(target), reference, "planted/TopK");
            };
        }

        void TopK(Graph graph, long[] contract)
        {
            string flat = GraphDamage.Store(graph, "planted/flat", Tensor.Create(new[] { -1L }, 1)), k = GraphDamage.Store(graph, "planted/k", Tensor.Create(new[] { contract[0] }, 1));
            graph.Add(new Node("Reshape", [output, flat], ["planted/row"], "planted/Reshape"));
            graph.Add(new Node("TopK", ["planted/row", k], ["planted/values", "planted/indices"], "planted/TopK").Set("largest", contract[1]));
            graph.AddOutput("planted/values", TensorType.Float32);
        }
    }
}
