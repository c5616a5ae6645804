using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>
/// Adds taps to a model without changing what they look at (convention 13). A float tensor beside its quantized one is never made an output,
/// because that keeps ONNX Runtime from fusing the quantized node: the quantized tensor is made an output, and its codes know their real values.
/// </summary>
internal static class TapPlan
{
    private const int SuggestedNames = 3;

    /// <summary>Adds outputs to <paramref name="model"/>; a tensor that is an output already, or is fed, adds none.</summary>
    /// <exception cref="FaultException">Every tap that names no tensor, a constant, or a tensor quantized in a way that is not read.</exception>
    public static ImmutableArray<Tap> Apply(OnnxModel model, ImmutableArray<string> taps, string where)
    {
        var faults = new FaultList();
        var plan = ImmutableArray.CreateBuilder<Tap>();
        foreach (string name in taps.Distinct(StringComparer.Ordinal))
        {
            if (faults.Catch(() => Plan(model.Graph, name, where)) is { } tap)
                plan.Add(tap);
        }
        faults.ThrowIfAny();
        foreach (Tap tap in plan.Where(t => !model.Graph.IsInput(t.Source)))
            model.Graph.AddOutput(tap.Source);
        return plan.ToImmutable();
    }

    private static Tap Plan(Graph graph, string name, string where)
    {
        if (!graph.Has(name))
            throw new FaultException($"there is no tensor '{name}' to tap", where, Suggestion(graph, name));
        if (IsConstant(graph, name))
            throw new FaultException($"tap '{name}' is a constant", where, "Tap a tensor that depends on the input; read constants from the model file.");
        if (graph.IsOutput(name))
            return new Tap(name, name, null);
        // Several Q of one tensor carry the same scale in any sane model; the first in the file's order stands for them.
        if (graph.ConsumersOf(name).FirstOrDefault(n => n.OpType == "QuantizeLinear" && n.Input(0) == name) is { } quantize)
            return new Tap(name, quantize.Outputs[0], ScaleOf(graph, quantize, name, where));
        if (graph.ProducerOf(name) is { OpType: "DequantizeLinear" } dequantize)
            return new Tap(name, dequantize.Input(0), ScaleOf(graph, dequantize, name, where));
        return new Tap(name, name, null);
    }

    private static bool IsConstant(Graph graph, string name) =>
        graph.IsInitializer(name)
        || graph.ProducerOf(name) is { } producer
        && (producer.Is("Constant") || (producer.OpType is "DequantizeLinear" or "Identity" && IsConstant(graph, producer.Input(0))));

    private static Dequantization ScaleOf(Graph graph, Node node, string tap, string where)
    {
        string at = $"{where}, node {node.Name} ({node.OpType})";
        if (node.Int("block_size", 0) != 0)
            throw new FaultException($"tap '{tap}' is quantized in blocks, which taps do not read", at, "Tap another tensor, or quantize this one per tensor or per channel.");
        ImmutableArray<float> scales = graph.Constant(node.Input(1)) switch
        {
            { Type: ElementType.Float32 } t => [.. t.Span<float>()],
            { Type: ElementType.Float16 } t => [.. t.Span<Half>().ToArray().Select(h => (float)h)],
            null => throw new FaultException($"tap '{tap}' is quantized with a scale that the model computes", at, "Fold the scale into a constant."),
            { } t => throw new FaultException($"tap '{tap}' is quantized with a scale of type {t.Type}, which taps do not read", at, "Use float32 or float16 scales."),
        };
        var zeroPoints = ImmutableArray.CreateRange(Enumerable.Repeat(0, scales.Length));
        if (node.HasInput(2))
        {
            // 4-bit and float codes unpack to types that look like bytes; the stored type tells.
            TensorType? type = graph.ConstantType(node.Input(2));
            zeroPoints = graph.Constant(node.Input(2)) switch
            {
                { Type: ElementType.Int8 } t when type == TensorType.Int8 => [.. t.Span<sbyte>().ToArray().Select(z => (int)z)],
                { Type: ElementType.UInt8 } t when type == TensorType.UInt8 => [.. t.Span<byte>().ToArray().Select(z => (int)z)],
                { Type: ElementType.Int16 } t when type == TensorType.Int16 => [.. t.Span<short>().ToArray().Select(z => (int)z)],
                { Type: ElementType.UInt16 } t when type == TensorType.UInt16 => [.. t.Span<ushort>().ToArray().Select(z => (int)z)],
                { Type: ElementType.Int32 } t when type == TensorType.Int32 => [.. t.Span<int>()],
                null => throw new FaultException($"tap '{tap}' is quantized with a zero point that the model computes", at, "Fold the zero point into a constant."),
                _ => throw new FaultException($"tap '{tap}' is quantized to {type}, which taps do not read", at, "Tap a tensor of 8, 16 or 32 bit codes."),
            };
        }
        if (zeroPoints.Length != scales.Length)
            throw new FaultException($"tap '{tap}' is quantized with {scales.Length} scales and {zeroPoints.Length} zero points", at, "Give as many of one as of the other.");
        return new Dequantization(scales, zeroPoints, (int)node.Int("axis", 1));
    }

    private static string Suggestion(Graph graph, string name)
    {
        var near = graph.Nodes.SelectMany(n => n.Outputs).Concat(graph.Inputs.Select(i => i.Name))
            .Where(n => n.Length > 0 && !IsConstant(graph, n))
            .Select(n => (Name: n, Distance: EditDistance.Between(n, name)))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal)
            .Take(SuggestedNames).Select(n => $"'{n.Name}'");
        return $"Name a tensor of the model, such as {string.Join(", ", near)}.";
    }
}
