using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering;

/// <summary>How alike the constants of two operators are, though one was quantized or had a batch norm folded into it.</summary>
internal static class ConstantSimilarity
{
    /// <summary>Below so many weights a channel the cosine of channels says little: of one weight it is always 1 or -1.</summary>
    private const int LeastWeights = 4;

    /// <summary>
    /// -1 to 1; 1 where neither has constants. Of weights the better of two cosines: of the whole tensors, and the mean over their first axis, which a factor by channel does not
    /// change. Of a single value the smaller over the larger magnitude.
    /// </summary>
    /// <returns>Null where their number or shapes differ, so that they cannot be the same operator's.</returns>
    public static double? Of(MatchNode reference, MatchNode target)
    {
        // A bias may have come with a folded batch norm; weights decide.
        int count = reference.IsWeighted && target.IsWeighted ? 1 : Math.Max(reference.Constants.Length, target.Constants.Length);
        if (reference.Constants.Length < count || target.Constants.Length < count)
            return null;
        double least = 1;
        for (int i = 0; i < count; i++)
        {
            Tensor a = reference.Constants[i], b = target.Constants[i];
            if (a.Count != b.Count || (reference.IsWeighted && !a.Shape.SequenceEqual(b.Shape)))
                return null;
            least = Math.Min(least, Of(a, b));
        }
        return least;
    }

    private static double Of(Tensor a, Tensor b)
    {
        ReadOnlySpan<float> x = a.Span<float>(), y = b.Span<float>();
        if (x.Length == 1)
            return x[0] == y[0] ? 1 : Math.Sign(x[0]) != Math.Sign(y[0]) ? -1 : Math.Min(Math.Abs((double)x[0]), Math.Abs(y[0])) / Math.Max(Math.Abs((double)x[0]), Math.Abs(y[0]));
        double whole = Cosine(x, y);
        int channels = a.Shape.Length >= 2 ? a.Shape[0] : 1, inner = x.Length / Math.Max(1, channels);
        if (channels < 2 || inner < LeastWeights)
            return whole;
        double sum = 0;
        for (int c = 0; c < channels; c++)
            sum += Cosine(x.Slice(c * inner, inner), y.Slice(c * inner, inner));
        return Math.Max(whole, sum / channels);
    }

    private static double Cosine(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            xx += (double)x[i] * x[i];
            yy += (double)y[i] * y[i];
            xy += (double)x[i] * y[i];
        }
        return xx == 0 && yy == 0 ? 1 : xx == 0 || yy == 0 || !double.IsFinite(xy) ? 0 : xy / Math.Sqrt(xx * yy);
    }
}
