using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>
/// Writes int8 activations as uint8 with codes and zero point 128 higher, which stand for the same values. ONNX Runtime's kernels on x64 multiply unsigned by
/// signed bytes; int8 by int8 took 15 times as long. It has such a rewriting itself, but leaves out tensors with several readers, and those then run
/// in float: here it is all activations or none.
/// </summary>
internal static class UnsignedActivations
{
    private const int Shift = 128;

    /// <returns>False, with the model as it was, when it has no int8 activation or one that is read by anything but a DequantizeLinear.</returns>
    public static bool Apply(OnnxModel model)
    {
        Graph graph = model.Graph;
        HashSet<string> constants = Constants(graph);
        var pairs = new List<Node>();
        foreach (Node quantize in graph.Nodes.Where(n => n.Is("QuantizeLinear") && !constants.Contains(n.Input(0))))
        {
            string codes = quantize.Outputs[0];
            TensorType type = CodeType(graph, quantize);
            if (type is TensorType.UInt8 or TensorType.UInt16 or TensorType.Int16)
                continue;
            Node[] readers = [.. graph.ConsumersOf(codes)];
            if (type != TensorType.Int8 || graph.IsOutput(codes)
                || !readers.All(r => r.Is("DequantizeLinear") && r.Input(0) == codes && CodeType(graph, r) == TensorType.Int8))
                return false;
            pairs.Add(quantize);
            pairs.AddRange(readers);
        }
        if (pairs.Count == 0)
            return false;

        var shifted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Node node in pairs)
        {
            string zero = node.Input(2);
            if (!shifted.TryGetValue(zero, out string? name))
            {
                Tensor signed = graph.Constant(zero)!;
                shifted[zero] = name = graph.UniqueName($"{zero}_uint8");
                graph.SetInitializer(name, Tensor.Create([.. signed.Span<sbyte>().ToArray().Select(z => (byte)(z + Shift))], signed.Shape.AsSpan()));
            }
            graph.SetInput(node, 2, name);
        }
        // Whatever the file declared of inner tensors says int8 of the codes.
        graph.Declare([]);
        return true;
    }

    private static TensorType CodeType(Graph graph, Node node) =>
        node.HasInput(2) && !node.HasAttribute("block_size") ? graph.ConstantType(node.Input(2)) ?? TensorType.Undefined : TensorType.Undefined;

    /// <summary>Tensors that do not depend on the input: weights, also where the file quantizes them (fake-quantized training).</summary>
    private static HashSet<string> Constants(Graph graph)
    {
        var constants = new HashSet<string>(graph.Initializers, StringComparer.Ordinal);
        foreach (Node node in graph.Nodes)
        {
            if (node.Captured.IsEmpty && node.Inputs.All(i => i.Length == 0 || constants.Contains(i)))
                constants.UnionWith(node.Outputs);
        }
        return constants;
    }
}
