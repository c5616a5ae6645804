namespace Parity.Onnx;

/// <summary>Operators that make tensors from shapes and numbers.</summary>
internal static class GeneratorRules
{
    public static void Shape(InferenceNode node)
    {
        if (node.Shape(0) is not { } x)
        {
            node.Set(0, TensorType.Int64, [-1]);
            return;
        }
        int start = Clamp(node.Node.Int("start", 0), x.Length);
        int end = Clamp(node.Node.Int("end", x.Length), x.Length);
        double?[] extents = [.. x[start..Math.Max(start, end)].Select(extent => extent < 0 ? null : (double?)extent)];
        node.Set(0, TensorType.Int64, [extents.Length], extents);
    }

    public static void Size(InferenceNode node)
    {
        double? count = node.Shape(0) is { } x && InferenceNode.Count(x) is >= 0 and var known ? known : null;
        node.Set(0, TensorType.Int64, [], [count]);
    }

    public static void ConstantOfShape(InferenceNode node)
    {
        var proto = node.Node.Proto.Attribute.FirstOrDefault(a => a.Name == "value")?.T;
        var type = proto is null ? TensorType.Float32 : (TensorType)proto.DataType;
        int[]? y = node.Values(0) is { } extents ? [.. extents.Select(e => e is { } extent ? (int)extent : -1)]
            : node.Shape(0) is [>= 0 and var rank] ? LayoutRules.Open(rank) : null;
        double?[]? values = null;
        if (y is not null && InferenceNode.Count(y) is >= 0 and <= ShapeInference.LargestValue and var count)
        {
            double? value = node.Node.Tensor("value") is not { } tensor ? 0 : TensorTypes.IsFloat(type) || type == TensorType.Bool ? null : LinearQuantization.Codes(tensor)[0];
            values = [.. Enumerable.Repeat(value, (int)count)];
        }
        node.Set(0, type, y, values);
    }

    public static void Range(InferenceNode node)
    {
        if (node.Values(0) is not [{ } start] || node.Values(1) is not [{ } limit] || node.Values(2) is not [{ } delta])
        {
            node.Set(0, node.Type(0), [-1]);
            return;
        }
        if (delta == 0)
            throw InferenceNode.Contradiction("a step of 0");
        int count = (int)Math.Max(0, Math.Ceiling((limit - start) / delta));
        node.Set(0, node.Type(0), [count], count <= ShapeInference.LargestValue ? [.. Enumerable.Range(0, count).Select(i => (double?)(start + i * delta))] : null);
    }

    private static int Clamp(long index, int rank) => (int)Math.Clamp(index < 0 ? index + rank : index, 0, rank);
}
