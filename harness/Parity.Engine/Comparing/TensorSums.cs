using Parity.Core;

namespace Parity.Engine.Comparing;

/// <summary>
/// The sums over one pair of float32 tensors that every measure of divergence is made of, in double.
/// When <see cref="IsFinite"/> is false only the counts mean anything.
/// </summary>
/// <param name="Count">Elements in each tensor.</param>
/// <param name="ReferenceSquares">sum r^2.</param>
/// <param name="TargetSquares">sum q^2.</param>
/// <param name="Products">sum r q.</param>
/// <param name="DifferenceSquares">sum (r-q)^2: 0 if and only if all elements are equal, since no square of a difference of floats underflows.</param>
/// <param name="Differences">sum (r-q).</param>
/// <param name="MaxAbs">max |r-q|, 0 when empty.</param>
/// <param name="MaxAbsIndex">The first element at which it occurs; -1 when empty.</param>
/// <param name="EqualCount">Elements with r == q (so 0 equals -0, and NaN nothing).</param>
/// <param name="ReferenceNonFinite">NaN and infinite elements of r.</param>
/// <param name="TargetNonFinite">NaN and infinite elements of q.</param>
public readonly record struct TensorSums(
    long Count,
    double ReferenceSquares,
    double TargetSquares,
    double Products,
    double DifferenceSquares,
    double Differences,
    double MaxAbs,
    long MaxAbsIndex,
    long EqualCount,
    long ReferenceNonFinite,
    long TargetNonFinite)
{
    public bool IsFinite => ReferenceNonFinite == 0 && TargetNonFinite == 0;

    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static TensorSums Of(ReadOnlySpan<float> reference, ReadOnlySpan<float> target) =>
        Of(reference, target, VectorWidths.Widest);

    /// <summary>As <see cref="Of(ReadOnlySpan{float}, ReadOnlySpan{float})"/> on a chosen instruction set, which does not change the result.</summary>
    public static TensorSums Of(ReadOnlySpan<float> reference, ReadOnlySpan<float> target, VectorWidth width) =>
        Of(new FloatBlocks(reference), new FloatBlocks(target), width);

    /// <summary>Of the real values of two tensors; codes are dequantized on the way and never stored as floats.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="InvalidOperationException">A tensor holds no real values.</exception>
    public static TensorSums Of(Tensor reference, Tensor target)
    {
        Span<float> block = stackalloc float[TensorLanes.BlockElements], other = stackalloc float[TensorLanes.BlockElements];
        return Of(new FloatBlocks(reference, block), new FloatBlocks(target, other), VectorWidths.Widest);
    }

    private static unsafe TensorSums Of(FloatBlocks reference, FloatBlocks target, VectorWidth width)
    {
        if (reference.Length != target.Length)
            throw new ArgumentException($"{reference.Length} reference elements against {target.Length} target elements");
        double* lanes = stackalloc double[TensorLanes.Doubles];
        new Span<double>(lanes, TensorLanes.Doubles).Clear();
        int whole = reference.Length & ~15;
        long equal = 0;
        double maxAbs = -1;
        int maxBlock = 0;
        for (int start = 0; start < reference.Length;)
        {
            // The last elements, fewer than sixteen, go to the lanes they would have had.
            bool isTail = start == whole;
            int count = isTail ? reference.Length - whole : Math.Min(TensorLanes.BlockElements, whole - start);
            fixed (float* r = reference.At(start, count), q = target.At(start, count))
                equal += TensorLanes.Add(r, q, count, lanes, isTail ? VectorWidth.Scalar : width);
            double blockMax = TensorLanes.TakeMaxAbs(lanes);
            if (blockMax > maxAbs)
                (maxAbs, maxBlock) = (blockMax, start);
            start += count;
        }
        var sums = new TensorSums(
            reference.Length,
            TensorLanes.Join(lanes + TensorLanes.ReferenceSquares),
            TensorLanes.Join(lanes + TensorLanes.TargetSquares),
            TensorLanes.Join(lanes + TensorLanes.Products),
            TensorLanes.Join(lanes + TensorLanes.DifferenceSquares),
            TensorLanes.Join(lanes + TensorLanes.Differences),
            Math.Max(maxAbs, 0),
            -1,
            equal,
            0,
            0);
        // Squares of finite floats never overflow a double, so a sum that is not finite tells of an element that is not.
        if (!double.IsFinite(sums.ReferenceSquares) || !double.IsFinite(sums.TargetSquares))
            return sums with { ReferenceNonFinite = CountNonFinite(reference), TargetNonFinite = CountNonFinite(target) };
        return sums with { MaxAbsIndex = maxAbs < 0 ? -1 : FirstIndexOf(maxAbs, reference, target, maxBlock) };
    }

    /// <summary>The measures of the design, each defined for zero, equal, empty and non-finite tensors.</summary>
    public TensorDivergence ToDivergence()
    {
        if (!IsFinite || Count == 0)
        {
            return new TensorDivergence(
                IsFinite ? DivergenceState.Empty : DivergenceState.NonFinite,
                Count, null, null, null, null, null, null, null, EqualCount, ReferenceNonFinite, TargetNonFinite);
        }
        bool hasReference = ReferenceSquares > 0, hasTarget = TargetSquares > 0, hasNoise = DifferenceSquares > 0;
        // One root of the product, not a product of roots: so equal tensors have a cosine of exactly 1.
        double cosine = hasReference && hasTarget ? Math.Clamp(Products / Math.Sqrt(ReferenceSquares * TargetSquares), -1, 1)
            : hasReference || hasTarget ? 0
            : 1;
        bool hasRatio = hasReference && hasNoise;
        return new TensorDivergence(
            !hasNoise ? DivergenceState.Exact : hasReference ? DivergenceState.Compared : DivergenceState.ZeroReference,
            Count,
            cosine,
            hasRatio ? 10 * Math.Log10(ReferenceSquares / DifferenceSquares) : null,
            hasRatio ? DifferenceSquares / ReferenceSquares : hasNoise ? null : 0,
            MaxAbs,
            MaxAbsIndex,
            DifferenceSquares / Count,
            Differences / Count,
            EqualCount,
            ReferenceNonFinite,
            TargetNonFinite);
    }

    private static long FirstIndexOf(double maxAbs, FloatBlocks reference, FloatBlocks target, int block)
    {
        int count = Math.Min(TensorLanes.BlockElements, reference.Length - block), i = 0;
        ReadOnlySpan<float> r = reference.At(block, count), q = target.At(block, count);
        while (Math.Abs((double)r[i] - q[i]) != maxAbs)
            i++;
        return block + i;
    }

    private static long CountNonFinite(FloatBlocks values)
    {
        long nonFinite = 0;
        for (int start = 0; start < values.Length; start += TensorLanes.BlockElements)
        {
            foreach (float value in values.At(start, Math.Min(TensorLanes.BlockElements, values.Length - start)))
                nonFinite += float.IsFinite(value) ? 0 : 1;
        }
        return nonFinite;
    }
}
