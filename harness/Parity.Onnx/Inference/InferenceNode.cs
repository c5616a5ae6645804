namespace Parity.Onnx;

/// <summary>A node as inference sees it: what is known of its inputs, and where to write what follows for its outputs.</summary>
internal sealed class InferenceNode(Node node, int opset, Dictionary<string, InferredShapes.Fact> facts)
{
    public Node Node => node;

    /// <summary>Of ONNX's own domain.</summary>
    public int Opset => opset;

    public bool Has(int input) => node.HasInput(input);

    public TensorType Type(int input) => Find(input)?.Type ?? TensorType.Undefined;

    /// <summary>A copy; extents are -1 where open, null when the rank is open.</summary>
    public int[]? Shape(int input) => (int[]?)Find(input)?.Shape?.Clone();

    public int? Rank(int input) => Find(input)?.Shape?.Length;

    /// <summary>Row-major numbers, null where open; null when none is carried.</summary>
    public double?[]? Values(int input) => Find(input)?.Values;

    /// <summary>All numbers as integers, beyond the range of long saturated; null when one is open.</summary>
    public long[]? Integers(int input) =>
        Values(input) is { } values && values.All(v => v is not null) ? [.. values.Select(v => (long)v!.Value)] : null;

    /// <summary>An axis attribute from 0.</summary>
    public int Axis(string name, int otherwise, int rank) => Normalize((int)node.Int(name, otherwise), rank);

    public int Normalize(long axis, int rank) =>
        axis < -rank || axis >= rank ? throw new NotInferableException($"axis {axis} is not among {rank} dimensions") : (int)(axis < 0 ? axis + rank : axis);

    /// <summary>Axes of Squeeze, Reduce and the like: an attribute in old opsets, an input in new ones; null when given but open.</summary>
    /// <param name="given">False when neither is there.</param>
    public long[]? Axes(int input, out bool given)
    {
        given = node.HasAttribute("axes") || Has(input);
        return node.HasAttribute("axes") ? [.. node.Ints("axes")] : Has(input) ? Integers(input) : null;
    }

    public void Set(int output, TensorType type, int[]? shape, double?[]? values = null)
    {
        if (output >= node.Outputs.Count || node.Outputs[output].Length == 0)
            return;
        if (values is not null && (values.Length > ShapeInference.LargestValue || shape is null || Count(shape) != values.Length))
            values = null;
        facts[node.Outputs[output]] = new InferredShapes.Fact(type, (int[]?)shape?.Clone(), values);
    }

    public static long Count(int[] shape) => shape.Aggregate(1L, (count, extent) => extent < 0 || count < 0 ? -1 : count * extent);

    public static NotInferableException Contradiction(string reason) => new(reason);

    private InferredShapes.Fact? Find(int input) => node.HasInput(input) ? facts.GetValueOrDefault(node.Inputs[input]) : null;
}
