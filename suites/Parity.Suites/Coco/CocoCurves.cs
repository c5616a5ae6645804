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

    /// <summary>The bytes of an array as numpy's <c>tobytes</c> gives them.</summary>
    public static ReadOnlySpan<byte> Bytes(double[] array) => MemoryMarshal.AsBytes<double>(array);
}
