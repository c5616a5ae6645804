using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Parity.Suites.Coco;

/// <summary>
/// The arrays of pycocotools' <c>accumulate</c>, row-major float64: T IoU thresholds, R recall thresholds, K categories, A area ranges,
/// M limits of detections. -1 where a category has no object that counts: "no value", and never to be averaged.
/// </summary>
/// <param name="Precision">[T, R, K, A, M].</param>
/// <param name="Recall">[T, K, A, M].</param>
/// <param name="Scores">[T, R, K, A, M]: the score at which the recall is reached; 0 where it is not.</param>
public sealed record CocoCurves(int T, int R, int K, int A, int M, double[] Precision, double[] Recall, double[] Scores)
{
    public int PrecisionIndex(int t, int r, int k, int a, int m) => (((((((t * R) + r) * K) + k) * A) + a) * M) + m;

    public int RecallIndex(int t, int k, int a, int m) => (((((t * K) + k) * A) + a) * M) + m;

    /// <summary>Average precision of one category: the mean over recall and the IoU thresholds; null without objects.</summary>
    public double? AveragePrecision(int category, int area, int limit)
    {
        double sum = 0;
        for (int t = 0; t < T; t++)
        {
            for (int r = 0; r < R; r++)
            {
                double precision = Precision[PrecisionIndex(t, r, category, area, limit)];
                if (precision < 0)
                    return null;
                sum += precision;
            }
        }
        return sum / (T * R);
    }

    /// <summary>Precision at each recall over all sizes, averaged over the categories that have objects; null when none has.</summary>
    /// <param name="threshold">Index of the one IoU threshold; null is the mean over all.</param>
    public ImmutableArray<double>? MeanPrecision(int? threshold)
    {
        var mean = new double[R];
        int present = 0;
        for (int k = 0; k < K; k++)
        {
            if (Precision[PrecisionIndex(0, 0, k, 0, M - 1)] < 0)
                continue;
            present++;
            for (int r = 0; r < R; r++)
            {
                for (int t = threshold ?? 0; t <= (threshold ?? T - 1); t++)
                    mean[r] += Precision[PrecisionIndex(t, r, k, 0, M - 1)];
            }
        }
        return present == 0 ? null : [.. mean.Select(p => p / (present * (threshold is null ? T : 1.0)))];
    }

    /// <summary>The bytes of an array as numpy's <c>tobytes</c> gives them.</summary>
    public static ReadOnlySpan<byte> Bytes(double[] array) => MemoryMarshal.AsBytes<double>(array);
}
