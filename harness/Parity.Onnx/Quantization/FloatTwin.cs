using Parity.Core;

namespace Parity.Onnx;

/// <summary>A Q/DQ model without its Q/DQ: the float model that its codes stand for.</summary>
public static class FloatTwin
{
    /// <summary>
    /// Constants become float initializers under the name of the tensor after DequantizeLinear, computed as <see cref="LinearQuantization"/> says;
    /// activations are read before their QuantizeLinear. Tensors that remain keep their names, outputs too.
    /// Nodes of <see cref="QdqView.Unpaired"/> stay.
    /// </summary>
    /// <exception cref="FaultException">Scales or zero points that do not fit their tensors.</exception>
    public static OnnxModel Of(OnnxModel model)
    {
        var twin = model.Clone();
        var graph = twin.Graph;
        var faults = new FaultList();
        foreach (var pair in QdqView.Of(twin).Pairs)
        {
            string where = $"node {pair.Dequantize.Name} (DequantizeLinear)";
            var codes = pair.Quantize is null ? graph.Constant(pair.Quantized) : null;
            var constant = pair.Quantize is null ? null : graph.Constant(pair.Float!);
            if (constant is not null)
                codes = faults.Catch(() => LinearQuantization.Quantize(Widened(constant), pair.Type, pair.Scales.AsSpan(), pair.ZeroPoints.AsSpan(), pair.Axis, pair.BlockSize, where));
            if (codes is not null)
            {
                var scale = graph.Constant(pair.Dequantize.Input(1))!.Type;
                var value = faults.Catch(() => LinearQuantization.Dequantize(codes, pair.Scales.AsSpan(), pair.ZeroPoints.AsSpan(), pair.Axis, pair.BlockSize, where));
                if (value is null)
                    continue;
                var declared = pair.Dequantize.Int("output_dtype", 0) is > 0 and var type ? TensorTypes.Unpacked((TensorType)type) ?? scale : scale;
                graph.Remove(pair.Dequantize);
                graph.SetInitializer(pair.Dequantized, Narrowed(value, declared));
            }
            else if (constant is null)
            {
                // Not pair.Float: an earlier bypass may have renamed the tensor to an output's name.
                graph.Bypass(pair.Dequantize, pair.Quantize!.Input(0));
            }
            foreach (string input in pair.Dequantize.Inputs)
                RemoveUnread(graph, input);
        }
        faults.ThrowIfAny();
        foreach (string name in graph.Initializers)
            if (graph.ConsumersOf(name).Length == 0 && !graph.IsOutput(name) && model.Graph.ConsumersOf(name).Length > 0)
                graph.RemoveInitializer(name);
        return twin;
    }

    /// <summary>Removes the Q or the Constant and Identity nodes that made codes or parameters nobody reads any more.</summary>
    private static void RemoveUnread(Graph graph, string tensor)
    {
        while (graph.ProducerOf(tensor) is { } producer && graph.ConsumersOf(tensor).Length == 0 && !graph.IsOutput(tensor)
            && (QdqView.IsQuantize(producer) || producer.OpType is "Constant" or "Identity"))
        {
            graph.Remove(producer);
            foreach (string parameter in producer.Inputs.Skip(1))
                RemoveUnread(graph, parameter);
            tensor = producer.Input(0);
        }
    }

    private static Tensor Widened(Tensor tensor) => tensor.Type switch
    {
        ElementType.Float16 => Tensor.Create(Array.ConvertAll(tensor.Span<Half>().ToArray(), h => (float)h), tensor.Shape.AsSpan()),
        ElementType.BFloat16 => Tensor.Create(Array.ConvertAll(tensor.Span<ushort>().ToArray(), b => BitConverter.UInt32BitsToSingle((uint)b << 16)), tensor.Shape.AsSpan()),
        _ => tensor,
    };

    private static Tensor Narrowed(Tensor tensor, ElementType type) => type switch
    {
        ElementType.Float16 => Tensor.Create(Array.ConvertAll(tensor.Span<float>().ToArray(), f => (Half)f), tensor.Shape.AsSpan()),
        ElementType.BFloat16 => Tensor.Create(ElementType.BFloat16, Array.ConvertAll(tensor.Span<float>().ToArray(), ToBFloat16), tensor.Shape.AsSpan()),
        _ => tensor,
    };

    /// <summary>Round to nearest, ties to even; the values here are finite.</summary>
    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }
}
