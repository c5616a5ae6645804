using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Onnx;

/// <summary>The Q/DQ pairs of a graph, in the order of their DequantizeLinear nodes. A snapshot: take it again after edits.</summary>
public sealed class QdqView
{
    private readonly ImmutableDictionary<string, QdqPair> _byTensor;

    private QdqView(ImmutableArray<QdqPair> pairs, ImmutableArray<UnpairedNode> unpaired)
    {
        Pairs = pairs;
        Unpaired = unpaired;
        var byTensor = ImmutableDictionary.CreateBuilder<string, QdqPair>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            byTensor[pair.Dequantized] = pair;
            byTensor.TryAdd(pair.Quantized, pair);
            if (pair.Float is not null)
                byTensor.TryAdd(pair.Float, pair);
        }
        _byTensor = byTensor.ToImmutable();
    }

    public ImmutableArray<QdqPair> Pairs { get; }

    /// <summary>Dynamic scales, codes that leave the graph, codes read by something else than DequantizeLinear.</summary>
    public ImmutableArray<UnpairedNode> Unpaired { get; }

    /// <summary>The pair of a float tensor before Q, of its codes, or of the tensor after DQ; null when it is in none.</summary>
    public QdqPair? Of(string tensor) => _byTensor.GetValueOrDefault(tensor);

    public static bool IsQuantize(Node node) => node.OpType == "QuantizeLinear" && node.Domain is "" or "com.microsoft";

    public static bool IsDequantize(Node node) => node.OpType == "DequantizeLinear" && node.Domain is "" or "com.microsoft";

    /// <exception cref="FaultException">Scales or zero points that fit neither each other nor an axis.</exception>
    public static QdqView Of(OnnxModel model)
    {
        var graph = model.Graph;
        var pairs = ImmutableArray.CreateBuilder<QdqPair>();
        var unpaired = ImmutableArray.CreateBuilder<UnpairedNode>();
        var faults = new FaultList();
        var ranks = new Lazy<InferredShapes>(() => ShapeInference.Of(model));
        foreach (var node in graph.Nodes)
        {
            if (IsQuantize(node))
            {
                if (!graph.ConsumersOf(node.Outputs[0]).Any(IsDequantize))
                    unpaired.Add(new UnpairedNode(node, "no DequantizeLinear reads its codes"));
                continue;
            }
            if (!IsDequantize(node))
                continue;
            var quantize = graph.ProducerOf(node.Input(0)) is { } producer && IsQuantize(producer) ? producer : null;
            if (quantize is null && graph.Constant(node.Input(0)) is null)
                unpaired.Add(new UnpairedNode(node, "its codes are neither constant nor made by QuantizeLinear"));
            else if (Pair(graph, quantize, node, ranks, faults, out string reason) is { } pair)
                pairs.Add(pair);
            else if (reason.Length > 0)
                unpaired.Add(new UnpairedNode(node, reason));
        }
        faults.ThrowIfAny();
        return new QdqView(pairs.ToImmutable(), unpaired.ToImmutable());
    }

    private static QdqPair? Pair(Graph graph, Node? quantize, Node dequantize, Lazy<InferredShapes> shapes, FaultList faults, out string reason)
    {
        reason = "";
        string where = $"node {dequantize.Name} (DequantizeLinear)";
        if (graph.Constant(dequantize.Input(1)) is not { } scale || (dequantize.HasInput(2) && graph.Constant(dequantize.Input(2)) is null))
        {
            reason = "its scale or zero point is computed";
            return null;
        }
        var zeroPoint = dequantize.HasInput(2) ? graph.Constant(dequantize.Input(2)) : null;
        if (zeroPoint is not null && zeroPoint.Count != scale.Count)
        {
            faults.Add($"{scale.Count} scales but {zeroPoint.Count} zero points", where, "Give as many zero points as scales.");
            return null;
        }
        var scales = ToFloats(scale);
        if (scales.IsDefault || scales.Any(s => !float.IsFinite(s) || s <= 0))
        {
            faults.Add($"scale {(scales.IsDefault ? scale.Type : scales.First(s => !float.IsFinite(s) || s <= 0))} is no positive number", where, "Quantize the model again.");
            return null;
        }
        var type = CodeType(graph, quantize, dequantize);
        var zeroPoints = ToCodes(zeroPoint, scales.Length);
        if (zeroPoints.IsDefault)
        {
            faults.Add($"its zero point of type {type} is not 0", where, "Float codes have the zero point 0.");
            return null;
        }
        if (quantize is not null && !SameParameters(graph, quantize, scales, zeroPoints))
        {
            reason = $"{quantize.Name} quantizes with another or a computed scale or zero point";
            return null;
        }
        int blockSize = (int)dequantize.Int("block_size", 0);
        int? axis = null;
        if (scale.Count > 1 || blockSize > 0)
        {
            axis = (int)dequantize.Int("axis", 1);
            // Opset 10 knew no axis; scale vectors came with opset 13.
            if (axis < 0)
                axis += graph.Constant(dequantize.Input(0))?.Shape.Length ?? shapes.Value.ShapeOf(dequantize.Input(0))?.Length ?? Unknown(where, faults);
        }
        return new QdqPair(
            quantize, dequantize, quantize?.Input(0), dequantize.Input(0), dequantize.Outputs[0], type,
            scales, zeroPoints, axis, blockSize, KindOf(graph, quantize, dequantize, type), graph.ConsumersOf(dequantize.Outputs[0]));
    }

    private static int Unknown(string where, FaultList faults)
    {
        faults.Add("its axis counts from the end of a tensor of unknown rank", where, "Write the axis from the front.");
        return 0;
    }

    private static TensorType CodeType(Graph graph, Node? quantize, Node dequantize)
    {
        if (dequantize.HasInput(2) && graph.ConstantType(dequantize.Input(2)) is { } byZeroPoint)
            return byZeroPoint;
        if (quantize is null)
            return graph.ConstantType(dequantize.Input(0)) ?? TensorType.UInt8;
        if (quantize.HasInput(2) && graph.ConstantType(quantize.Input(2)) is { } byQuantize)
            return byQuantize;
        return quantize.Int("output_dtype", 0) is > 0 and var declared ? (TensorType)declared : TensorType.UInt8;
    }

    private static QdqKind KindOf(Graph graph, Node? quantize, Node dequantize, TensorType type)
    {
        if (quantize is not null && graph.Constant(quantize.Input(0)) is null)
            return QdqKind.Activation;
        var consumers = graph.ConsumersOf(dequantize.Outputs[0]);
        bool bias = type == TensorType.Int32 || (consumers.Length > 0 && consumers.All(c =>
            c.OpType is "Conv" or "ConvTranspose" or "Gemm" && c.Input(2) == dequantize.Outputs[0]
            && c.Inputs.Count(i => i == dequantize.Outputs[0]) == 1));
        return bias ? QdqKind.Bias : QdqKind.Weight;
    }

    private static bool SameParameters(Graph graph, Node quantize, ImmutableArray<float> scales, ImmutableArray<long> zeroPoints) =>
        graph.Constant(quantize.Input(1)) is { } scale
        && (!quantize.HasInput(2) || graph.Constant(quantize.Input(2)) is not null)
        && ToFloats(scale).SequenceEqual(scales)
        && ToCodes(quantize.HasInput(2) ? graph.Constant(quantize.Input(2)) : null, scales.Length).SequenceEqual(zeroPoints);

    /// <summary>Default when the type is no float of up to 32 bits.</summary>
    private static ImmutableArray<float> ToFloats(Tensor tensor) => tensor.Type switch
    {
        ElementType.Float32 => [.. tensor.Span<float>()],
        ElementType.Float16 => [.. tensor.Span<Half>().ToArray().Select(h => (float)h)],
        ElementType.BFloat16 => [.. tensor.Span<ushort>().ToArray().Select(b => BitConverter.UInt32BitsToSingle((uint)b << 16))],
        _ => default,
    };

    /// <summary>Default when they are floats other than 0.</summary>
    private static ImmutableArray<long> ToCodes(Tensor? tensor, int count) => tensor?.Type switch
    {
        null => [.. Enumerable.Repeat(0L, count)],
        ElementType.Float32 => tensor.Span<float>().ContainsAnyExcept(0f) ? default : [.. Enumerable.Repeat(0L, count)],
        _ => LinearQuantization.Codes(tensor),
    };
}
