using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Benchmarks.Diagnosing;

/// <summary>Edits of a copy of the lowered model.</summary>
internal static class GraphDamage
{
    public static Planted Edit(this PlantedBase sound, string? place, Action<Graph> edit)
    {
        OnnxModel damaged = sound.Lowered.Model.Clone();
        edit(damaged.Graph);
        return new Planted(sound.Lowered.With(damaged), sound.Float, place);
    }

    /// <summary>Lowers a damaged float model.</summary>
    public static Planted EditFloat(this PlantedBase sound, string place, Action<Graph> edit, ImmutableArray<string>? keepFloat = null)
    {
        OnnxModel damaged = sound.Float.Clone();
        edit(damaged.Graph);
        return new Planted(sound.Lower(damaged, keepFloat: keepFloat), damaged, place);
    }

    public static void Scale(Graph graph, SeenQuantizer q, Func<float, float> change)
    {
        string name = graph.NodeNamed(q.Pair.Quantize)!.Input(1);
        graph.SetInitializer(name, Tensor.Create(Array.ConvertAll(graph.Constant(name)!.Span<float>().ToArray(), s => change(s)), graph.Constant(name)!.Shape.AsSpan()));
    }

    public static void ZeroPoint(Graph graph, string node, int zero)
    {
        string name = graph.NodeNamed(node)!.Input(2);
        Tensor old = graph.Constant(name)!;
        graph.SetInitializer(name, old.Type == ElementType.Int8
            ? Tensor.Create(Enumerable.Repeat((sbyte)zero, old.Count).ToArray(), old.Shape.AsSpan())
            : Tensor.Create(Enumerable.Repeat((byte)zero, old.Count).ToArray(), old.Shape.AsSpan()));
    }

    /// <summary>The operators come behind the tensor's maker, and the last makes the tensor.</summary>
    /// <param name="chain">From the inner tensor's name and a maker of names to nodes; the last one's output is renamed.</param>
    public static void Behind(Graph graph, string tensor, Func<string, ImmutableArray<Node>> chain)
    {
        Node maker = graph.ProducerOf(tensor)!;
        string inner = graph.UniqueName($"{tensor}/inner");
        graph.Remove(maker);
        graph.Add(maker.CopyWith(maker.Inputs, maker.Outputs.Select(o => o == tensor ? inner : o), maker.Name));
        var nodes = chain(inner);
        foreach (Node node in nodes[..^1])
            graph.Add(node);
        graph.Add(nodes[^1].CopyWith(nodes[^1].Inputs, [tensor], nodes[^1].Name));
    }

    public static string Store(Graph graph, string stem, Tensor value)
    {
        string name = graph.UniqueName(stem);
        graph.SetInitializer(name, value);
        return name;
    }

    /// <summary>A Q/DQ pair in front of whoever reads the tensor.</summary>
    public static void Pair(Graph graph, string tensor, float scale, int zero, bool signed)
    {
        string s = Store(graph, $"{tensor}/planted_scale", Tensor.Create(new[] { scale }));
        string z = Store(graph, $"{tensor}/planted_zero", signed ? Tensor.Create(new[] { (sbyte)zero }) : Tensor.Create(new[] { (byte)zero }));
        string codes = graph.UniqueName($"{tensor}/planted_q"), made = graph.UniqueName($"{tensor}/planted_dq");
        graph.InsertAfter(tensor, new Node("QuantizeLinear", [tensor, s, z], [codes], graph.UniqueName($"{tensor}/PlantedQ")), new Node("DequantizeLinear", [codes, s, z], [made], graph.UniqueName($"{tensor}/PlantedDQ")));
    }

    /// <summary>Multiplies some output channels of a Conv's weights and bias.</summary>
    public static void Channels(Graph graph, Node conv, Func<int, float> factor)
    {
        foreach (int input in new[] { 1, 2 })
        {
            if (!conv.HasInput(input))
                continue;
            Tensor old = graph.Constant(conv.Input(input))!;
            float[] values = old.Span<float>().ToArray();
            int each = values.Length / old.Shape[0];
            for (int i = 0; i < values.Length; i++)
                values[i] *= factor(i / each);
            graph.SetInput(graph.NodeNamed(conv.Name)!, input, Store(graph, $"{conv.Input(input)}/planted", Tensor.Create(values, old.Shape.AsSpan())));
        }
    }
}
