using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// A float graph in the one form in which models of different tools can be laid side by side: nothing that passes its input on, batch norms in the weights, biases in their
/// convolution, Gemm as MatMul and Add, com.microsoft's FusedConv as Conv and activation. Where its tensors went is kept.
/// </summary>
internal sealed record CanonicalForm(OnnxModel Model, TensorNames Names)
{
    public static CanonicalForm Of(OnnxModel model)
    {
        OnnxModel form = model.Clone();
        var names = new TensorNames();
        IdentityRemoval.Apply(form, names);
        foreach (Node node in form.Graph.Nodes)
        {
            if (node.OpType == "FusedConv")
                Unfuse(form.Graph, node);
        }
        JoinBiases(form.Graph, names);
        BatchNormFolding.Apply(form, names);
        foreach (Node node in form.Graph.Nodes)
        {
            if (node.Is("Gemm"))
                Unjoin(form.Graph, node);
        }
        form.Graph.Prune();
        return new CanonicalForm(form, names);
    }

    private static void Unfuse(Graph graph, Node node)
    {
        string output = node.Outputs[0], inner = graph.UniqueName($"{output}/convolution");
        string activation = node.Text("activation", "");
        float[] parameters = [.. node.Floats("activation_params")];
        if (activation.Length == 0 || node.HasInput(3))
            return;
        graph.Remove(node);
        graph.Add(node.As("Conv", node.Inputs, [inner], node.Name, "auto_pad", "kernel_shape", "pads", "strides", "dilations", "group"));
        string[] inputs = activation == "Clip" && parameters.Length == 2
            ? [inner, .. parameters.Select(p => ConstantInput.Add(graph, $"{output}/limit", Tensor.Create(new[] { p })))]
            : [inner];
        graph.Add(new Node(activation, inputs, [output], graph.UniqueName($"{node.Name}/activation")));
    }

    /// <summary>A convolution without bias and the sum with one value a channel that alone reads it.</summary>
    private static void JoinBiases(Graph graph, TensorNames names)
    {
        foreach (Node conv in graph.Nodes.Where(n => n.Is("Conv") && !n.HasInput(2)))
        {
            string inner = conv.Outputs[0];
            if (graph.IsOutput(inner) || graph.ConsumersOf(inner) is not [var sum] || !sum.Is("Add") || OutputChannels.Of(graph, conv) is not { } channels
                || ConstantInput.Floats(graph, sum.Input(0) == inner ? sum.Input(1) : sum.Input(0)) is not { } bias || bias.Length != channels.Count
                || graph.Constant(sum.Input(0) == inner ? sum.Input(1) : sum.Input(0)) is not { } shaped || !IsByChannel(shaped.Shape, graph.Constant(conv.Input(1))!.Shape.Length))
                continue;
            string outer = sum.Outputs[0];
            graph.Remove(sum);
            graph.SetInput(conv, 2, ConstantInput.Add(graph, $"{outer}/bias", Tensor.Create(bias, bias.Length)));
            graph.RenameTensor(inner, outer);
            names.Absorbed(inner, outer, "bias joined");
            names.Changed(outer, "bias joined");
        }
    }

    private static bool IsByChannel(ImmutableArray<int> shape, int rank) =>
        shape.Length >= rank - 1 && shape[^(rank - 1)] > 0 && shape.Where((_, i) => i != shape.Length - (rank - 1)).All(e => e == 1);

    private static void Unjoin(Graph graph, Node gemm)
    {
        if (gemm.Int("transA", 0) != 0 || gemm.Float("alpha", 1) != 1 || gemm.Float("beta", 1) != 1 || graph.Constant(gemm.Input(1)) is not { Type: ElementType.Float32, Shape.Length: 2 } weights)
            return;
        string matrix = gemm.Int("transB", 0) == 0 ? gemm.Input(1) : ConstantInput.Add(graph, $"{gemm.Input(1)}/transposed", Transposed(weights));
        string output = gemm.Outputs[0], product = gemm.HasInput(2) ? graph.UniqueName($"{output}/product") : output;
        graph.Remove(gemm);
        graph.Add(new Node("MatMul", [gemm.Input(0), matrix], [product], gemm.Name));
        if (gemm.HasInput(2))
            graph.Add(new Node("Add", [product, gemm.Input(2)], [output], graph.UniqueName($"{gemm.Name}/bias")));
    }

    private static Tensor Transposed(Tensor matrix)
    {
        int rows = matrix.Shape[0], columns = matrix.Shape[1];
        var values = matrix.Span<float>();
        var turned = new float[values.Length];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
                turned[c * rows + r] = values[r * columns + c];
        return Tensor.Create(turned, columns, rows);
    }
}
