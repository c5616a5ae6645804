namespace Parity.Onnx;

/// <summary>Numpy's broadcasting over extents that may be open.</summary>
internal static class Broadcasting
{
    /// <summary>An open extent beside a known one over 1 is that one, since it can only be 1 or the same; beside 1 or open it stays open.</summary>
    /// <exception cref="NotInferableException">Extents that do not broadcast.</exception>
    public static int[] Join(int[] a, int[] b)
    {
        var joined = new int[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= joined.Length; i++)
        {
            int x = i <= a.Length ? a[^i] : 1;
            int y = i <= b.Length ? b[^i] : 1;
            joined[^i] = (x, y) switch
            {
                _ when x == y => x,
                (1, _) => y,
                (_, 1) => x,
                (-1, _) => y,
                (_, -1) => x,
                _ => throw new NotInferableException($"[{string.Join(',', a)}] and [{string.Join(',', b)}] do not broadcast"),
            };
        }
        return joined;
    }

    /// <summary>Of all given inputs; null when the rank of one is open.</summary>
    public static int[]? Join(InferenceNode node, IEnumerable<int> inputs)
    {
        int[]? joined = [];
        foreach (int input in inputs)
            joined = joined is null || node.Shape(input) is not { } shape ? null : Join(joined, shape);
        return joined;
    }

    /// <summary>Index into a tensor of <paramref name="shape"/> of an element of the broadcast <paramref name="whole"/>; all extents known.</summary>
    public static int Index(int element, int[] whole, int[] shape)
    {
        int index = 0;
        int stride = 1;
        for (int i = 1; i <= whole.Length; i++)
        {
            int at = element % whole[^i];
            element /= whole[^i];
            if (i > shape.Length)
                continue;
            index += shape[^i] == 1 ? 0 : at * stride;
            stride *= shape[^i];
        }
        return index;
    }
}
