namespace Parity.Onnx;

/// <summary>Matrix products.</summary>
internal static class ProductRules
{
    public static void MatMul(InferenceNode node) => node.Set(0, node.Type(0), Product(node, 0, 1));

    public static void MatMulInteger(InferenceNode node) => node.Set(0, TensorType.Int32, Product(node, 0, 1));

    /// <summary>Inputs a, a scale, a zero point, b, b scale, b zero point, y scale, y zero point.</summary>
    public static void QLinearMatMul(InferenceNode node) => node.Set(0, node.Type(7), Product(node, 0, 3));

    public static void Gemm(InferenceNode node)
    {
        var a = node.Shape(0);
        var b = node.Shape(1);
        if (a is not null && a.Length != 2 || b is not null && b.Length != 2)
            throw InferenceNode.Contradiction("operands that are no matrices");
        bool transA = node.Node.Int("transA", 0) != 0;
        bool transB = node.Node.Int("transB", 0) != 0;
        int innerA = a?[transA ? 0 : 1] ?? -1;
        int innerB = b?[transB ? 1 : 0] ?? -1;
        if (innerA >= 0 && innerB >= 0 && innerA != innerB)
            throw InferenceNode.Contradiction($"inner extents {innerA} and {innerB}");
        node.Set(0, node.Type(0), [a?[transA ? 1 : 0] ?? -1, b?[transB ? 0 : 1] ?? -1]);
    }

    /// <summary>Letters only, with "..." not followed.</summary>
    public static void Einsum(InferenceNode node)
    {
        string equation = node.Node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        if (equation.Contains('.', StringComparison.Ordinal))
            throw InferenceNode.Contradiction($"equation '{equation}' with an ellipsis is not followed");
        string[] sides = equation.Split("->");
        string[] terms = sides[0].Split(',');
        var extents = new Dictionary<char, int>();
        for (int i = 0; i < terms.Length; i++)
        {
            var shape = node.Shape(i);
            if (shape is not null && shape.Length != terms[i].Length)
                throw InferenceNode.Contradiction($"term '{terms[i]}' for data of rank {shape.Length}");
            for (int d = 0; d < terms[i].Length; d++)
            {
                int extent = shape?[d] ?? -1;
                int known = extents.GetValueOrDefault(terms[i][d], -1);
                extents[terms[i][d]] = known is -1 or 1 && extent >= 0 ? extent : known;
            }
        }
        // Without an arrow the result has the letters that occur once, in alphabetical order.
        string result = sides.Length > 1 ? sides[1]
            : new string([.. sides[0].Where(char.IsLetter).GroupBy(c => c).Where(g => g.Count() == 1).Select(g => g.Key).Order()]);
        node.Set(0, node.Type(0), [.. result.Select(c => extents.GetValueOrDefault(c, -1))]);
    }

    private static int[]? Product(InferenceNode node, int left, int right)
    {
        var a = node.Shape(left);
        var b = node.Shape(right);
        if (a is null || b is null)
            return null;
        if (a.Length == 0 || b.Length == 0)
            throw InferenceNode.Contradiction("a scalar operand");
        int[] wideA = a.Length == 1 ? [1, a[0]] : a;
        int[] wideB = b.Length == 1 ? [b[0], 1] : b;
        if (wideA[^1] >= 0 && wideB[^2] >= 0 && wideA[^1] != wideB[^2])
            throw InferenceNode.Contradiction($"inner extents {wideA[^1]} and {wideB[^2]}");
        var product = Broadcasting.Join(wideA[..^2], wideB[..^2]).ToList();
        if (a.Length > 1)
            product.Add(wideA[^2]);
        if (b.Length > 1)
            product.Add(wideB[^1]);
        return [.. product];
    }
}
