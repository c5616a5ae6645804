using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Makes one HardSwish of x HardSigmoid(x) with slope 1/6, and of x Clip(x + 3, 0, 6) / 6 in any order of its factors. Needs opset 14.</summary>
internal static class HardSwishJoining
{
    public const int LeastOpset = 14;

    private const double Sixth = 1.0 / 6, Tolerance = 1e-6;

    /// <summary>Whether there is anything to join, so that a model without it keeps its opset.</summary>
    public static bool Applies(Graph graph) => graph.Nodes.Any(n => Source(graph, n) is not null);

    public static void Apply(OnnxModel model, TensorNames names)
    {
        var graph = model.Graph;
        // The last operator first: the product before its division is a candidate too.
        foreach (var last in graph.Nodes.AsEnumerable().Reverse())
        {
            if (graph.NodeNamed(last.Name) != last || Source(graph, last) is not { } source)
                continue;
            string output = last.Outputs[0], name = last.Name;
            var before = graph.Nodes.SelectMany(n => n.Outputs).ToList();
            graph.Remove(last);
            graph.Add(new Node("HardSwish", [source], [output], name));
            graph.Prune();
            foreach (string gone in before.Where(t => graph.ProducerOf(t) is null))
                names.Absorbed(gone, output, "HardSwish");
            names.Changed(output, "HardSwish");
        }
    }

    /// <summary>What the node is the HardSwish of; null when it is none.</summary>
    private static string? Source(Graph graph, Node last)
    {
        var factors = new List<string>();
        double scale = 1;
        if (!last.Is("Mul") && !last.Is("Div"))
            return null;
        Multiply(last, ref scale);
        if (factors is not [var a, var b])
            return null;
        return IsGate(a, b) ? b : IsGate(b, a) ? a : null;

        void Multiply(Node product, ref double scale)
        {
            foreach (int i in (int[])[0, 1])
            {
                string tensor = product.Input(i);
                bool divides = product.Is("Div") && i == 1;
                if (ConstantInput.Scalar(graph, tensor) is { } constant)
                    scale = divides ? scale / constant : scale * constant;
                else if (!divides && HasOneReader(tensor) && graph.ProducerOf(tensor) is { } inner && (inner.Is("Mul") || inner.Is("Div")))
                    Multiply(inner, ref scale);
                else
                    factors.Add(divides ? "" : tensor);
            }
        }

        bool HasOneReader(string tensor) => !graph.IsOutput(tensor) && graph.ConsumersOf(tensor).Length == 1;

        bool IsGate(string gate, string x)
        {
            if (x.Length == 0 || graph.ProducerOf(gate) is not { } node || !HasOneReader(gate))
                return false;
            if (node.Is("HardSigmoid"))
                return node.Input(0) == x && Near(scale, 1) && Near(node.Float("alpha", 0.2f), Sixth) && Near(node.Float("beta", 0.5f), 0.5);
            return node.Is("Clip") && Near(scale, Sixth) && Bound(node, 1, "min") is 0 && Bound(node, 2, "max") is 6
                && graph.ProducerOf(node.Input(0)) is { } add && add.Is("Add") && HasOneReader(add.Outputs[0])
                && ((add.Input(0) == x && ConstantInput.Scalar(graph, add.Input(1)) is 3) || (add.Input(1) == x && ConstantInput.Scalar(graph, add.Input(0)) is 3));
        }

        float? Bound(Node clip, int input, string attribute) =>
            clip.HasAttribute(attribute) ? clip.Float(attribute, 0) : clip.HasInput(input) ? ConstantInput.Scalar(graph, clip.Input(input)) : null;
    }

    private static bool Near(double value, double expected) => Math.Abs(value - expected) <= Tolerance * Math.Abs(expected);
}
