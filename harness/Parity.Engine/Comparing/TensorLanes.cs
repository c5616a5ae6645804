using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Parity.Engine.Comparing;

/// <summary>
/// The inner loops of <see cref="TensorSums"/>: five sums and a maximum in sixteen lanes each, lane i mod 16.
/// Elements become doubles first. Their products have at most 48 bits, so fused or not makes no difference to r^2, q^2 and
/// rq; (r-q)^2 may need more, so it is accumulated by a fused multiply-add everywhere, in scalar code too.
/// </summary>
internal static unsafe class TensorLanes
{
    public const int ReferenceSquares = 0, TargetSquares = 16, Products = 32, DifferenceSquares = 48, Differences = 64, MaxAbs = 80;
    public const int Doubles = 96;

    /// <summary>A block of both tensors stays in the first-level cache while lane groups walk over it; a multiple of 16.</summary>
    public const int BlockElements = 2048;

    /// <summary>
    /// The processor's own prefetcher stops at every 4 KB page, which costs a third of the bandwidth of memory; asking this many
    /// elements ahead gets it back. Asking beyond the end is harmless.
    /// </summary>
    private const int PrefetchElements = 512;

    /// <summary>Adds <paramref name="count"/> elements, a multiple of 16 unless scalar; returns how many pairs are equal.</summary>
    public static long Add(float* r, float* q, int count, double* lanes, VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Add512(r, q, count, lanes),
        VectorWidth.Bits256 => Add256(r, q, count, lanes),
        VectorWidth.Bits128 => Add128(r, q, count, lanes),
        _ => AddScalar(r, q, count, lanes),
    };

    /// <summary>Joins sixteen lanes: halves onto each other, 8, 4, 2, 1.</summary>
    public static double Join(double* lanes)
    {
        double* sums = stackalloc double[8];
        for (int i = 0; i < 8; i++)
            sums[i] = lanes[i] + lanes[i + 8];
        for (int half = 4; half > 0; half /= 2)
            for (int i = 0; i < half; i++)
                sums[i] += sums[i + half];
        return sums[0];
    }

    /// <summary>The greatest |r-q| since the last call.</summary>
    public static double TakeMaxAbs(double* lanes)
    {
        double max = 0;
        for (int i = 0; i < 16; i++)
        {
            max = Math.Max(max, lanes[MaxAbs + i]);
            lanes[MaxAbs + i] = 0;
        }
        return max;
    }

    private static long AddScalar(float* r, float* q, int count, double* lanes)
    {
        long equal = 0;
        for (int i = 0; i < count; i++)
        {
            double* lane = lanes + (i & 15);
            double x = r[i], y = q[i], d = x - y;
            lane[ReferenceSquares] += x * x;
            lane[TargetSquares] += y * y;
            lane[Products] += x * y;
            lane[DifferenceSquares] = Math.FusedMultiplyAdd(d, d, lane[DifferenceSquares]);
            lane[Differences] += d;
            lane[MaxAbs] = Math.Max(lane[MaxAbs], Math.Abs(d));
            equal += x == y ? 1 : 0;
        }
        return equal;
    }

    private static long Add128(float* r, float* q, int count, double* lanes)
    {
        long equal = 0;
        for (int lane = 0; lane < 16; lane += 4)
        {
            double* low = lanes + lane, high = low + 2;
            var rr0 = Vector128.Load(low + ReferenceSquares); var rr1 = Vector128.Load(high + ReferenceSquares);
            var qq0 = Vector128.Load(low + TargetSquares); var qq1 = Vector128.Load(high + TargetSquares);
            var rq0 = Vector128.Load(low + Products); var rq1 = Vector128.Load(high + Products);
            var dd0 = Vector128.Load(low + DifferenceSquares); var dd1 = Vector128.Load(high + DifferenceSquares);
            var d0 = Vector128.Load(low + Differences); var d1 = Vector128.Load(high + Differences);
            var max0 = Vector128.Load(low + MaxAbs); var max1 = Vector128.Load(high + MaxAbs);
            float* nextBlock = (lane == 0 ? r : q) + BlockElements;
            for (int i = lane; i < count; i += 16)
            {
                if (Sse.IsSupported)
                    Sse.Prefetch0(nextBlock + i);
                var x = Vector128.Load(r + i); var y = Vector128.Load(q + i);
                equal += BitOperations.PopCount(Vector128.Equals(x, y).ExtractMostSignificantBits());
                var (x0, x1) = Vector128.Widen(x); var (y0, y1) = Vector128.Widen(y);
                rr0 += x0 * x0; rr1 += x1 * x1;
                qq0 += y0 * y0; qq1 += y1 * y1;
                rq0 += x0 * y0; rq1 += x1 * y1;
                var e0 = x0 - y0; var e1 = x1 - y1;
                dd0 = Vector128.FusedMultiplyAdd(e0, e0, dd0); dd1 = Vector128.FusedMultiplyAdd(e1, e1, dd1);
                d0 += e0; d1 += e1;
                max0 = Vector128.MaxNative(max0, Vector128.Abs(e0)); max1 = Vector128.MaxNative(max1, Vector128.Abs(e1));
            }
            rr0.Store(low + ReferenceSquares); rr1.Store(high + ReferenceSquares);
            qq0.Store(low + TargetSquares); qq1.Store(high + TargetSquares);
            rq0.Store(low + Products); rq1.Store(high + Products);
            dd0.Store(low + DifferenceSquares); dd1.Store(high + DifferenceSquares);
            d0.Store(low + Differences); d1.Store(high + Differences);
            max0.Store(low + MaxAbs); max1.Store(high + MaxAbs);
        }
        return equal;
    }

    private static long Add256(float* r, float* q, int count, double* lanes)
    {
        long equal = 0;
        for (int lane = 0; lane < 16; lane += 8)
        {
            double* low = lanes + lane, high = low + 4;
            var rr0 = Vector256.Load(low + ReferenceSquares); var rr1 = Vector256.Load(high + ReferenceSquares);
            var qq0 = Vector256.Load(low + TargetSquares); var qq1 = Vector256.Load(high + TargetSquares);
            var rq0 = Vector256.Load(low + Products); var rq1 = Vector256.Load(high + Products);
            var dd0 = Vector256.Load(low + DifferenceSquares); var dd1 = Vector256.Load(high + DifferenceSquares);
            var d0 = Vector256.Load(low + Differences); var d1 = Vector256.Load(high + Differences);
            var max0 = Vector256.Load(low + MaxAbs); var max1 = Vector256.Load(high + MaxAbs);
            float* nextBlock = (lane == 0 ? r : q) + BlockElements;
            for (int i = lane; i < count; i += 16)
            {
                if (Sse.IsSupported)
                    Sse.Prefetch0(nextBlock + i);
                equal += BitOperations.PopCount(Vector256.Equals(Vector256.Load(r + i), Vector256.Load(q + i)).ExtractMostSignificantBits());
                // Converting from memory costs half of converting a register, so each half is loaded by itself.
                var x0 = Avx.ConvertToVector256Double(Vector128.Load(r + i)); var x1 = Avx.ConvertToVector256Double(Vector128.Load(r + i + 4));
                var y0 = Avx.ConvertToVector256Double(Vector128.Load(q + i)); var y1 = Avx.ConvertToVector256Double(Vector128.Load(q + i + 4));
                rr0 = Vector256.FusedMultiplyAdd(x0, x0, rr0); rr1 = Vector256.FusedMultiplyAdd(x1, x1, rr1);
                qq0 = Vector256.FusedMultiplyAdd(y0, y0, qq0); qq1 = Vector256.FusedMultiplyAdd(y1, y1, qq1);
                rq0 = Vector256.FusedMultiplyAdd(x0, y0, rq0); rq1 = Vector256.FusedMultiplyAdd(x1, y1, rq1);
                var e0 = x0 - y0; var e1 = x1 - y1;
                dd0 = Vector256.FusedMultiplyAdd(e0, e0, dd0); dd1 = Vector256.FusedMultiplyAdd(e1, e1, dd1);
                d0 += e0; d1 += e1;
                max0 = Vector256.MaxNative(max0, Vector256.Abs(e0)); max1 = Vector256.MaxNative(max1, Vector256.Abs(e1));
            }
            rr0.Store(low + ReferenceSquares); rr1.Store(high + ReferenceSquares);
            qq0.Store(low + TargetSquares); qq1.Store(high + TargetSquares);
            rq0.Store(low + Products); rq1.Store(high + Products);
            dd0.Store(low + DifferenceSquares); dd1.Store(high + DifferenceSquares);
            d0.Store(low + Differences); d1.Store(high + Differences);
            max0.Store(low + MaxAbs); max1.Store(high + MaxAbs);
        }
        return equal;
    }

    private static long Add512(float* r, float* q, int count, double* lanes)
    {
        const byte greaterMagnitude = 0b1011;
        long equal = 0;
        double* low = lanes, high = lanes + 8;
        var rr0 = Vector512.Load(low + ReferenceSquares); var rr1 = Vector512.Load(high + ReferenceSquares);
        var qq0 = Vector512.Load(low + TargetSquares); var qq1 = Vector512.Load(high + TargetSquares);
        var rq0 = Vector512.Load(low + Products); var rq1 = Vector512.Load(high + Products);
        var dd0 = Vector512.Load(low + DifferenceSquares); var dd1 = Vector512.Load(high + DifferenceSquares);
        var d0 = Vector512.Load(low + Differences); var d1 = Vector512.Load(high + Differences);
        var max0 = Vector512.Load(low + MaxAbs); var max1 = Vector512.Load(high + MaxAbs);
        for (int i = 0; i < count; i += 16)
        {
            Sse.Prefetch0(r + i + PrefetchElements); Sse.Prefetch0(q + i + PrefetchElements);
            equal += BitOperations.PopCount(Vector512.Equals(Vector512.Load(r + i), Vector512.Load(q + i)).ExtractMostSignificantBits());
            var x0 = Avx512F.ConvertToVector512Double(Vector256.Load(r + i)); var x1 = Avx512F.ConvertToVector512Double(Vector256.Load(r + i + 8));
            var y0 = Avx512F.ConvertToVector512Double(Vector256.Load(q + i)); var y1 = Avx512F.ConvertToVector512Double(Vector256.Load(q + i + 8));
            rr0 = Vector512.FusedMultiplyAdd(x0, x0, rr0); rr1 = Vector512.FusedMultiplyAdd(x1, x1, rr1);
            qq0 = Vector512.FusedMultiplyAdd(y0, y0, qq0); qq1 = Vector512.FusedMultiplyAdd(y1, y1, qq1);
            rq0 = Vector512.FusedMultiplyAdd(x0, y0, rq0); rq1 = Vector512.FusedMultiplyAdd(x1, y1, rq1);
            var e0 = x0 - y0; var e1 = x1 - y1;
            dd0 = Vector512.FusedMultiplyAdd(e0, e0, dd0); dd1 = Vector512.FusedMultiplyAdd(e1, e1, dd1);
            d0 += e0; d1 += e1;
            max0 = Avx512DQ.Range(e0, max0, greaterMagnitude); max1 = Avx512DQ.Range(e1, max1, greaterMagnitude);
        }
        rr0.Store(low + ReferenceSquares); rr1.Store(high + ReferenceSquares);
        qq0.Store(low + TargetSquares); qq1.Store(high + TargetSquares);
        rq0.Store(low + Products); rq1.Store(high + Products);
        dd0.Store(low + DifferenceSquares); dd1.Store(high + DifferenceSquares);
        d0.Store(low + Differences); d1.Store(high + Differences);
        max0.Store(low + MaxAbs); max1.Store(high + MaxAbs);
        return equal;
    }
}
