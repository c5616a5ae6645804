using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests.Matching;

/// <summary>What other tools make of a model, done by hand to a Q/DQ or float model; each says where the tensors went.</summary>
internal static class OtherTools
{
    /// <summary>Every node and tensor, inputs and outputs too, has a random name; names by the old ones.</summary>
    public static Dictionary<string, string> Rename(OnnxModel model, int seed)
    {
        var random = new Random(seed);
        var graph = model.Graph;
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string tensor in graph.Inputs.Select(i => i.Name).Concat(graph.Initializers).Concat(graph.Nodes.SelectMany(n => n.Outputs)).Where(t => t.Length > 0).ToList())
        {
            names[tensor] = $"t{random.NextInt64():x}";
            graph.RenameTensor(tensor, names[tensor]);
        }
        foreach (Node node in graph.Nodes)
            graph.RenameNode(node, $"n{random.NextInt64():x}");
        return names;
    }

    /// <summary>
    /// As ONNX Runtime's QOperator format: convolutions between DQ and Q become QLinearConv, sums QLinearAdd, and a Relu or Clip that the quantizer clips anyway disappears.
    /// </summary>
    /// <returns>How many operators were fused.</returns>
    public static int Fuse(OnnxModel model)
    {
        var graph = model.Graph;
        model.ImportDomain("com.microsoft", 1);
        int fused = 0;
        foreach (Node node in graph.Nodes.Where(n => n.Is("Conv") || n.Is("Add")).ToList())
        {
            if (Quantizer(graph, node.Outputs[0]) is not { } quantize || graph.IsOutput(node.Outputs[0]) || Dequantizer(graph, node.Input(0)) is not { } data || Dequantizer(graph, node.Input(1)) is not { } other)
                continue;
            string[] operands = [.. data.Inputs, .. other.Inputs, quantize.Input(1), quantize.Input(2)];
            if (operands.Length != 8)
                continue;
            if (node.Is("Conv") && node.HasInput(2))
            {
                float step = graph.Constant(data.Input(1))!.Span<float>()[0];
                float[] scales = graph.Constant(other.Input(1))!.Span<float>().ToArray();
                Tensor? codes = Dequantizer(graph, node.Input(2)) is { } bias ? graph.Constant(bias.Input(0))
                    : graph.Constant(node.Input(2)) is { } values
                        ? Tensor.Create([.. values.Span<float>().ToArray().Select((b, c) => (int)Math.Round(b / ((double)step * scales[c % scales.Length])))], values.Shape.AsSpan())
                        : null;
                if (codes is null)
                    continue;
                string name = graph.UniqueName($"{node.Name}_bias_codes");
                graph.SetInitializer(name, codes);
                operands = [.. operands, name];
            }
            graph.Remove(quantize);
            foreach (Node activation in graph.ConsumersOf(node.Outputs[0]))
                graph.Remove(activation);
            graph.Remove(node);
            graph.Add(node.Is("Conv")
                ? node.As("QLinearConv", operands, quantize.Outputs, node.Name, "auto_pad", "kernel_shape", "pads", "strides", "dilations", "group")
                : new Node("QLinearAdd", operands, quantize.Outputs, node.Name, "com.microsoft"));
            fused++;
        }
        graph.Prune();
        return fused;
    }

    /// <summary>The last Concat goes, its operands are the outputs: boxes and scores no longer share a scale.</summary>
    public static void CutHead(OnnxModel model)
    {
        var graph = model.Graph;
        Node concat = graph.Nodes.Last(n => n.Is("Concat"));
        foreach (string output in graph.Outputs.Select(o => o.Name).ToList())
            graph.RemoveOutput(output);
        foreach (string part in concat.Inputs)
            graph.AddOutput(part, TensorType.Float32);
        graph.Prune();
    }

    /// <summary>As ONNX Runtime's dynamic quantization: uint8 data, int8 weights by tensor, Cast and Mul behind, a bias added.</summary>
    public static int Dynamic(OnnxModel model)
    {
        var graph = model.Graph;
        int made = 0;
        foreach (Node node in graph.Nodes.Where(n => n.Is("Conv") || n.Is("MatMul")).ToList())
        {
            if (graph.Constant(node.Input(1)) is not { Type: ElementType.Float32 } weights)
                continue;
            string stem = node.Name, output = node.Outputs[0];
            float scale = weights.Span<float>().ToArray().Max(Math.Abs) / 127;
            graph.SetInitializer($"{stem}_codes", Tensor.Create([.. weights.Span<float>().ToArray().Select(w => (sbyte)Math.Round(w / scale))], weights.Shape.AsSpan()));
            graph.SetInitializer($"{stem}_scale", Tensor.Create(new[] { scale }));
            graph.SetInitializer($"{stem}_zero", Tensor.Create(new sbyte[] { 0 }, []));
            graph.Remove(node);
            graph.Add(new Node("DynamicQuantizeLinear", [node.Input(0)], [$"{stem}_q", $"{stem}_s", $"{stem}_z"], $"{stem}_dynamic"));
            graph.Add(node.As(node.Is("Conv") ? "ConvInteger" : "MatMulInteger", [$"{stem}_q", $"{stem}_codes", $"{stem}_z", $"{stem}_zero"], [$"{stem}_sum"], $"{stem}_integer",
                "auto_pad", "kernel_shape", "pads", "strides", "dilations", "group"));
            graph.Add(new Node("Cast", [$"{stem}_sum"], [$"{stem}_cast"], $"{stem}_to_float").Set("to", (long)TensorType.Float32));
            graph.Add(new Node("Mul", [$"{stem}_s", $"{stem}_scale"], [$"{stem}_factor"], $"{stem}_factors"));
            string scaled = node.HasInput(2) ? $"{stem}_scaled" : output;
            graph.Add(new Node("Mul", [$"{stem}_cast", $"{stem}_factor"], [scaled], $"{stem}_scaling"));
            if (node.HasInput(2))
            {
                Tensor bias = graph.Constant(node.Input(2))!;
                graph.SetInitializer($"{stem}_bias", Tensor.Create(bias.Span<float>().ToArray(), 1, bias.Count, 1, 1));
                graph.Add(new Node("Add", [scaled, $"{stem}_bias"], [output], $"{stem}_adding"));
            }
            made++;
        }
        graph.Prune();
        return made;
    }

    /// <summary>The Q that alone reads the tensor, at once or behind an activation that it makes needless.</summary>
    private static Node? Quantizer(Graph graph, string tensor)
    {
        if (graph.ConsumersOf(tensor) is not [var reader])
            return null;
        if (reader.Is("QuantizeLinear"))
            return reader;
        return reader.OpType is "Relu" or "Clip" && graph.ConsumersOf(reader.Outputs[0]) is [var quantize] && quantize.Is("QuantizeLinear")
            && graph.Constant(quantize.Input(2)) is { Type: ElementType.UInt8 } zero && zero.Span<byte>()[0] == 0 ? quantize : null;
    }

    private static Node? Dequantizer(Graph graph, string tensor) => graph.ProducerOf(tensor) is { } node && node.Is("DequantizeLinear") ? node : null;
}
