using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// A model whose operators compute on codes (QLinearConv and its kin of ONNX and of com.microsoft, pools and reshapes of codes), written with float operators between
/// DequantizeLinear and QuantizeLinear. It stands for the same values, and is what taps, twins and shadow models read. Runtimes fuse it back; that this changes nothing is seen
/// where tapped and untapped outputs are compared. Operators as ONNX 1.18 and ONNX Runtime's ContribOperators.md define them.
/// </summary>
internal static class QdqForm
{
    /// <summary>Operators that only move codes, or choose among them: on codes of one scale they do the same as on the values.</summary>
    private static readonly ImmutableHashSet<string> Movements =
        ["MaxPool", "Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Slice", "Split", "Concat", "Gather", "DepthToSpace", "SpaceToDepth", "Expand", "Tile", "Identity"];

    private static readonly string[] Window = ["auto_pad", "kernel_shape", "pads", "strides", "dilations", "group", "ceil_mode", "count_include_pad"];

    /// <summary>A model that shares nothing with <paramref name="model"/>; equal to it where nothing computes on codes.</summary>
    public static OnnxModel Of(OnnxModel model)
    {
        if (!model.Graph.Nodes.Any(n => n.OpType.StartsWith("QLinear", StringComparison.Ordinal) || n.OpType == "QGemm"))
            return model.Clone();
        // Scales by channel came to DequantizeLinear with opset 13.
        OnnxModel form = model.OpsetVersion < OpsetUpgrade.OfScalesPerChannel ? OpsetUpgrade.Apply(model, OpsetUpgrade.OfScalesPerChannel).Clone() : model.Clone();
        var writer = new Writer(form.Graph);
        foreach (Node node in form.Graph.Nodes)
            writer.Rewrite(node);
        form.Graph.Prune();
        return form;
    }

    private readonly record struct Parameters(string Scale, string Zero);

    private sealed class Writer(Graph graph)
    {
        private readonly Dictionary<string, Parameters> _parameters = new(StringComparer.Ordinal);
        private readonly Dictionary<(string, string, string), string> _floats = [];

        public void Rewrite(Node node)
        {
            switch (node.OpType)
            {
                case "QuantizeLinear": _parameters[node.Outputs[0]] = new(node.Input(1), node.Input(2)); break;
                case "QLinearConv":
                    Replace(node, "Conv", [Data(node, 0), Weights(node, 3, 0), Bias(node, 8, 1, 4)], node.Input(6), node.Input(7), Window);
                    break;
                case "QLinearMatMul": Replace(node, "MatMul", [Data(node, 0), Weights(node, 3, LastAxis(node.Input(3)))], node.Input(6), node.Input(7)); break;
                case "QGemm" when node.HasInput(7):
                    Replace(node, "Gemm", [Data(node, 0), Weights(node, 3, node.Int("transB", 0) != 0 ? 0 : 1), Bias(node, 6, 1, 4)], node.Input(7), node.Input(8), "alpha", "transA", "transB");
                    break;
                case "QLinearAdd": Replace(node, "Add", [Data(node, 0), Data(node, 3)], node.Input(6), node.Input(7)); break;
                case "QLinearMul": Replace(node, "Mul", [Data(node, 0), Data(node, 3)], node.Input(6), node.Input(7)); break;
                case "QLinearSigmoid": Replace(node, "Sigmoid", [Data(node, 0)], node.Input(3), node.Input(4)); break;
                case "QLinearLeakyRelu": Replace(node, "LeakyRelu", [Data(node, 0)], node.Input(3), node.Input(4), "alpha"); break;
                case "QLinearSoftmax": Replace(node, "Softmax", [Data(node, 0)], node.Input(3), node.Input(4), "axis"); break;
                case "QLinearAveragePool" when node.Int("channels_last", 0) == 0: Replace(node, "AveragePool", [Data(node, 0)], node.Input(3), node.Input(4), Window); break;
                case "QLinearGlobalAveragePool" when node.Int("channels_last", 0) == 0: Replace(node, "GlobalAveragePool", [Data(node, 0)], node.Input(3), node.Input(4)); break;
                case "QLinearConcat":
                    Replace(node, "Concat", [.. Enumerable.Range(0, (node.Inputs.Count - 2) / 3).Select(i => Data(node, 2 + 3 * i))], node.Input(0), node.Input(1), "axis");
                    break;
                case var movement when node.Domain.Length == 0 && Movements.Contains(movement) && _parameters.TryGetValue(node.Input(0), out Parameters shared):
                    Move(node, shared);
                    break;
            }
        }

        private void Move(Node node, Parameters shared)
        {
            var codes = Enumerable.Range(0, node.Inputs.Count).Where(i => _parameters.ContainsKey(node.Input(i))).ToList();
            // Codes of different scales cannot be joined as codes by a sane tool; such a node is left as it is.
            if (codes.Any(i => !Same(_parameters[node.Input(i)], shared)) || (node.Is("Concat") && codes.Count < node.Inputs.Count))
                return;
            foreach (string output in node.Outputs.Where(o => o.Length > 0))
                _parameters[output] = shared;
            string[] inputs = [.. node.Inputs.Select((name, i) => codes.Contains(i) ? Dequantized(name, shared.Scale, shared.Zero, null) : name)];
            string[] floats = [.. node.Outputs.Select(o => o.Length == 0 ? o : graph.UniqueName($"{o}/float"))];
            Node moved = node.CopyWith(inputs, floats, node.Name);
            graph.Remove(node);
            graph.Add(moved);
            for (int i = 0; i < floats.Length; i++)
                if (floats[i].Length > 0)
                    graph.Add(new Node("QuantizeLinear", Inputs(floats[i], shared.Scale, shared.Zero), [node.Outputs[i]], graph.UniqueName($"{floats[i]}/quantize")));
        }

        private bool Same(Parameters a, Parameters b) => a == b
            || (Equal(graph.Constant(a.Scale), graph.Constant(b.Scale)) && (a.Zero == b.Zero || Equal(graph.Constant(a.Zero), graph.Constant(b.Zero))));

        private static bool Equal(Tensor? a, Tensor? b) => a is not null && b is not null && a.Bytes().SequenceEqual(b.Bytes());

        private void Replace(Node node, string opType, string[] inputs, string scale, string zero, params ReadOnlySpan<string> attributes)
        {
            string codes = node.Outputs[0], real = graph.UniqueName($"{codes}/float");
            graph.Remove(node);
            graph.Add(node.As(opType, inputs.TakeWhile(i => i.Length > 0), [real], node.Name, attributes));
            graph.Add(new Node("QuantizeLinear", Inputs(real, scale, zero), [codes], graph.UniqueName($"{node.Name}/quantize")));
            _parameters[codes] = new(scale, zero);
        }

        /// <summary>The operand at <paramref name="index"/>, with scale and zero point behind it.</summary>
        private string Data(Node node, int index) => Dequantized(node.Input(index), node.Input(index + 1), node.Input(index + 2), null);

        private string Weights(Node node, int index, int axis) =>
            Dequantized(node.Input(index), node.Input(index + 1), node.Input(index + 2), graph.Constant(node.Input(index + 1))?.Count > 1 ? axis : null);

        /// <summary>32-bit codes in steps of data scale times weight scale; "" without a bias.</summary>
        private string Bias(Node node, int index, int dataScale, int weightScale)
        {
            if (!node.HasInput(index) || graph.Constant(node.Input(dataScale)) is not { } data || graph.Constant(node.Input(weightScale)) is not { } weights)
                return "";
            float step = data.Span<float>()[0];
            float[] scales = [.. weights.Span<float>().ToArray().Select(w => w * step)];
            string scale = ConstantInput.Add(graph, $"{node.Input(index)}/scale", scales.Length == 1 ? Tensor.Create(scales) : Tensor.Create(scales, scales.Length));
            return Dequantized(node.Input(index), scale, "", scales.Length > 1 ? 0 : null);
        }

        private string Dequantized(string codes, string scale, string zero, int? axis)
        {
            if (_floats.TryGetValue((codes, scale, zero), out string? known))
                return known;
            string output = graph.UniqueName($"{codes}/dequantized");
            var node = new Node("DequantizeLinear", Inputs(codes, scale, zero), [output], graph.UniqueName($"{codes}/dequantize"));
            graph.Add(axis is { } a ? node.Set("axis", a) : node);
            return _floats[(codes, scale, zero)] = output;
        }

        private static string[] Inputs(string data, string scale, string zero) => zero.Length > 0 ? [data, scale, zero] : [data, scale];

        private int LastAxis(string weights) => (graph.Declared(weights)?.Shape?.Length ?? 1) - 1;
    }
}
