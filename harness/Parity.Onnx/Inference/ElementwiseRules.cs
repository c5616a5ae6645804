namespace Parity.Onnx;

/// <summary>Operators that work element by element.</summary>
internal static class ElementwiseRules
{
    /// <summary>Type and shape of the first input.</summary>
    public static void Same(InferenceNode node) => node.Set(0, node.Type(0), node.Shape(0));

    /// <summary>Shape of the first input, values passed on.</summary>
    public static void Identity(InferenceNode node) => node.Set(0, node.Type(0), node.Shape(0), node.Values(0));

    public static void SameAsBool(InferenceNode node) => node.Set(0, TensorType.Bool, node.Shape(0));

    /// <summary>Dropout: the mask is Bool since opset 10 and of the data's type before.</summary>
    public static void Dropout(InferenceNode node)
    {
        node.Set(0, node.Type(0), node.Shape(0));
        node.Set(1, node.Opset >= 10 ? TensorType.Bool : node.Type(0), node.Shape(0));
    }

    public static Action<InferenceNode> Unary(Func<double, double> function) =>
        node => node.Set(0, node.Type(0), node.Shape(0), node.Values(0) is { } values ? [.. values.Select(v => v is { } x ? function(x) : v)] : null);

    public static Action<InferenceNode> Binary(Func<double, double, bool, double> function) => node =>
    {
        CheckTypes(node, 0, 1);
        Binary(node, node.Type(0), (a, b) => function(a, b, !TensorTypes.IsFloat(node.Type(0))));
    };

    public static Action<InferenceNode> Comparison(Func<double, double, bool> function) =>
        node => Binary(node, TensorType.Bool, (a, b) => function(a, b) ? 1 : 0);

    /// <summary>Min, Max, Sum, Mean and the operators with inputs that broadcast but carry no values worth following.</summary>
    public static void Variadic(InferenceNode node)
    {
        CheckTypes(node, [.. Enumerable.Range(0, node.Node.Inputs.Count)]);
        node.Set(0, node.Type(0), Broadcasting.Join(node, Enumerable.Range(0, node.Node.Inputs.Count)));
    }

    /// <summary>PRelu's slope broadcasts to the data, never the other way round.</summary>
    public static void PRelu(InferenceNode node)
    {
        if (node.Shape(0) is { } x && node.Shape(1) is { } slope && slope.Length > x.Length)
            throw InferenceNode.Contradiction($"a slope of rank {slope.Length} for data of rank {x.Length}");
        node.Set(0, node.Type(0), node.Shape(0));
    }

    public static void Where(InferenceNode node)
    {
        CheckTypes(node, 1, 2);
        var shape = Broadcasting.Join(node, [0, 1, 2]);
        double?[]? values = null;
        if (shape is not null && InferenceNode.Count(shape) is >= 0 and <= ShapeInference.LargestValue and var count
            && node.Values(0) is { } condition && node.Values(1) is { } yes && node.Values(2) is { } no)
        {
            values = new double?[count];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = condition[Broadcasting.Index(i, shape, node.Shape(0)!)] switch
                {
                    null => null,
                    0 => no[Broadcasting.Index(i, shape, node.Shape(2)!)],
                    _ => yes[Broadcasting.Index(i, shape, node.Shape(1)!)],
                };
            }
        }
        node.Set(0, node.Type(1), shape, values);
    }

    public static void Cast(InferenceNode node)
    {
        var type = (TensorType)node.Node.Int("to", 0);
        var values = node.Values(0);
        // Casting to an integer drops the fraction; narrower types than the values need would wrap, so those are not followed.
        if (values is not null && !TensorTypes.IsFloat(type))
        {
            values = type is TensorType.Int64 or TensorType.Int32 && values.All(v => v is null || (Math.Abs(v.Value) <= int.MaxValue || type == TensorType.Int64))
                ? [.. values.Select(v => v is { } x ? Math.Truncate(x) : v)]
                : type == TensorType.Bool ? [.. values.Select(v => v is { } x ? (x != 0 ? 1 : 0) : v)] : null;
        }
        else if (type is not (TensorType.Float32 or TensorType.Float64))
        {
            values = null;
        }
        node.Set(0, type, node.Shape(0), values);
    }

    public static void CastLike(InferenceNode node) => node.Set(0, node.Type(1), node.Shape(0));

    private static void Binary(InferenceNode node, TensorType type, Func<double, double, double> function)
    {
        var shape = Broadcasting.Join(node, [0, 1]);
        // Opset 6 and before: B is laid along an axis of A, which keeps its shape.
        if (node.Opset < 7)
            shape = node.Shape(0);
        double?[]? values = null;
        if (node.Opset >= 7 && shape is not null && InferenceNode.Count(shape) is >= 0 and <= ShapeInference.LargestValue and var count
            && node.Values(0) is { } a && node.Values(1) is { } b)
        {
            values = new double?[count];
            for (int i = 0; i < values.Length; i++)
            {
                var x = a[Broadcasting.Index(i, shape, node.Shape(0)!)];
                var y = b[Broadcasting.Index(i, shape, node.Shape(1)!)];
                // Division by zero of integers has no value.
                values[i] = x is null || y is null || !double.IsFinite(function(x.Value, y.Value)) ? null : function(x.Value, y.Value);
            }
        }
        node.Set(0, type, shape, values);
    }

    private static void CheckTypes(InferenceNode node, params ReadOnlySpan<int> inputs)
    {
        var first = node.Type(inputs[0]);
        foreach (int input in inputs)
        {
            var type = node.Type(input);
            if (type != first && type != TensorType.Undefined && first != TensorType.Undefined)
                throw InferenceNode.Contradiction($"inputs of types {first} and {type}");
        }
    }
}
