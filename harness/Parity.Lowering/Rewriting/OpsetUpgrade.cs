using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Rewrites a model to a later opset, changing the form of operators but not what they compute. Source: the ONNX operator changelog, versions 7 to 21.
/// </summary>
internal static class OpsetUpgrade
{
    /// <summary>The first whose DequantizeLinear has scales per channel.</summary>
    public const int OfScalesPerChannel = 13;

    /// <summary>The first whose QuantizeLinear makes 16-bit codes.</summary>
    public const int OfInt16 = 21;

    private const int Oldest = 7;

    /// <summary>The model itself when it is new enough.</summary>
    /// <param name="least">Up to 21; 0 takes any.</param>
    /// <exception cref="FaultException">Opset below 7, whose operators broadcast by attribute; control flow; an operator that cannot be rewritten.</exception>
    public static OnnxModel Apply(OnnxModel model, int least)
    {
        if (model.OpsetVersion >= least)
            return model;
        string remedy = $"Export the model with opset {least} or later.";
        if (model.OpsetVersion < Oldest)
            throw new FaultException($"the model uses opset {model.OpsetVersion}", "model", remedy);
        var upgraded = model.WithOpset(least);
        var shapes = ShapeInference.Of(model);
        var faults = new FaultList();
        foreach (var node in upgraded.Graph.Nodes.Where(n => n.Domain.Length == 0))
        {
            if (node.OpType is "If" or "Loop" or "Scan")
                faults.Add($"{node.OpType} of opset {model.OpsetVersion} cannot be rewritten to opset {least}", $"node {node.Name}", remedy);
            else
                faults.Catch(() => Upgrade(upgraded.Graph, node, model.OpsetVersion, least, shapes));
        }
        faults.ThrowIfAny();
        // IR version 3 lists initializers as inputs, which later versions read as values a caller may override.
        foreach (string name in upgraded.Graph.Initializers)
        {
            if (upgraded.Graph.ConstantType(name) is not { } type || TensorTypes.Unpacked(type) is not { } unpacked || TensorTypes.Of(unpacked) != type)
                continue;
            var value = upgraded.Graph.Initializer(name)!;
            upgraded.Graph.RemoveInitializer(name);
            upgraded.Graph.SetInitializer(name, value);
        }
        return upgraded;
    }

    private static Node Upgrade(Graph graph, Node node, int from, int to, InferredShapes shapes)
    {
        switch (node.OpType)
        {
            case "Clip" when from < 11:
                ToInput(graph, node, 1, "min", Scalar(node.Float("min", float.MinValue)));
                return ToInput(graph, node, 2, "max", Scalar(node.Float("max", float.MaxValue)));
            case "Pad" when from < 11:
                ToInput(graph, node, 1, "pads", Vector(node.Ints("pads")));
                return ToInput(graph, node, 2, "value", Scalar(node.Float("value", 0)));
            case "Slice" when from < 10:
                var ends = node.Ints("ends");
                var axes = node.HasAttribute("axes") ? node.Ints("axes") : [.. Enumerable.Range(0, ends.Length).Select(i => (long)i)];
                ToInput(graph, node, 1, "starts", Vector(node.Ints("starts")));
                ToInput(graph, node, 2, "ends", Vector(ends));
                return ToInput(graph, node, 3, "axes", Vector(axes));
            case "TopK" when from < 10:
                return ToInput(graph, node, 1, "k", Vector([node.Int("k", 1)]));
            case "Dropout" when from < 12:
                return ToInput(graph, node, 1, "ratio", Scalar(node.Float("ratio", 0.5f)));
            case "Squeeze" or "Unsqueeze" or "ReduceSum" when from < 13 && node.HasAttribute("axes"):
                return ToInput(graph, node, 1, "axes", Vector(node.Ints("axes")));
            case "Split" when from < 13 && node.HasAttribute("split"):
                return ToInput(graph, node, 1, "split", Vector(node.Ints("split")));
            case "Softmax" or "LogSoftmax" or "Hardmax" when from < 13:
                return Flattened(graph, node, shapes);
            case "Upsample":
                return Resized(graph, node, node.HasInput(1) ? node.Input(1) : Constant(graph, node, "scales", Tensor.Create(node.Floats("scales").ToArray(), node.Floats("scales").Length)));
            case "Resize" when from < 11:
                return Resized(graph, node, node.Input(1));
            case "Scatter":
                return Replace(graph, node, new Node("ScatterElements", node.Inputs, node.Outputs).Set("axis", node.Int("axis", 0)));
            case "BatchNormalization":
                if (node.Int("spatial", 1) == 0)
                    throw new FaultException("BatchNormalization with spatial = 0 has no form in opset 13", $"node {node.Name}", "Export the model with opset 13 or later.");
                node.RemoveAttribute("spatial");
                return node;
            case "ReduceMean" or "ReduceMax" or "ReduceMin" or "ReduceProd" or "ReduceL1" or "ReduceL2" or "ReduceLogSum" or "ReduceLogSumExp" or "ReduceSumSquare"
                when from < 18 && to >= 18 && node.HasAttribute("axes"):
                return ToInput(graph, node, 1, "axes", Vector(node.Ints("axes")));
            case "Split" when from < 18 && to >= 18 && !node.HasInput(1):
                return node.Set("num_outputs", (long)node.Outputs.Count);
            case "RoiAlign" when from < 16 && to >= 16:
                return node.Set("coordinate_transformation_mode", "output_half_pixel");
            case "GridSample" when from < 20 && to >= 20:
                return node.Set("mode", node.Text("mode", "bilinear") switch { "bilinear" => "linear", "bicubic" => "cubic", var mode => mode });
            case "DFT" or "GroupNormalization" when from < 21 && to >= 20:
                throw new FaultException($"{node.OpType} of opset {from} cannot be rewritten to opset {to}", $"node {node.Name}", $"Export the model with opset {to} or later.");
            default:
                return node;
        }
    }

    /// <summary>Before opset 13 softmax ran over all dimensions from its axis on, as if the tensor were a matrix.</summary>
    private static Node Flattened(Graph graph, Node node, InferredShapes shapes)
    {
        long axis = node.Int("axis", 1);
        string input = node.Input(0), output = node.Outputs[0], name = node.Name;
        int? rank = shapes.ShapeOf(input)?.Length;
        if (axis == -1 || axis == rank - 1)
            return node.Set("axis", -1L);
        string shape = graph.UniqueName($"{output}/shape"), matrix = graph.UniqueName($"{output}/matrix"), rows = graph.UniqueName($"{output}/rows");
        graph.Remove(node);
        graph.Add(new Node("Shape", [input], [shape]));
        graph.Add(new Node("Flatten", [input], [matrix]).Set("axis", axis));
        graph.Add(new Node(node.OpType, [matrix], [rows], name).Set("axis", -1L));
        return graph.Add(new Node("Reshape", [rows, shape], [output]));
    }

    /// <summary>Upsample and the first Resize take pixels at output / scale, rounded down when nearest.</summary>
    private static Node Resized(Graph graph, Node node, string scales)
    {
        var resize = new Node("Resize", [node.Input(0), "", scales], node.Outputs)
            .Set("mode", node.Text("mode", "nearest"))
            .Set("coordinate_transformation_mode", "asymmetric")
            .Set("nearest_mode", "floor");
        return Replace(graph, node, resize);
    }

    private static Node Replace(Graph graph, Node old, Node replacement)
    {
        string name = old.Name;
        graph.Remove(old);
        graph.Add(replacement);
        graph.RenameNode(replacement, name);
        return replacement;
    }

    private static Node ToInput(Graph graph, Node node, int input, string attribute, Tensor value)
    {
        node.RemoveAttribute(attribute);
        graph.SetInput(node, input, Constant(graph, node, attribute, value));
        return node;
    }

    private static string Constant(Graph graph, Node node, string what, Tensor value)
    {
        string name = graph.UniqueName($"{node.Outputs[0]}/{what}");
        graph.SetInitializer(name, value);
        return name;
    }

    private static Tensor Scalar(float value) => Tensor.Create(new[] { value });

    private static Tensor Vector(ImmutableArray<long> values) => Tensor.Create(values.ToArray(), values.Length);
}
