using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>Object keypoint similarity as pycocotools' <c>computeOks</c>, sums in numpy's order.</summary>
/// <param name="detections">Of each detection x of each keypoint, then y of each.</param>
/// <param name="truths">x, y, v of each keypoint of each object.</param>
/// <param name="boxes">x, y, width, height of each object: without visible keypoints, twice around its box is as good as right.</param>
public sealed class KeypointOverlap(double[] detections, double[] truths, double[] boxes, CocoObject[] objects, ImmutableArray<double> sigmas) : IOverlap
{
    private const double Spacing = 2.220446049250313e-16;

    /// <summary>Below exp(-746) there is no double but 0.</summary>
    private const double Underflow = 746;

    /// <summary>Far more than rounding can do to a bound, far less than any bound misses by.</summary>
    private const double Slack = 1e-9;

    private readonly double[] _variances = [.. sigmas.Select(s => s * 2 * (s * 2))];

    // Keypoint k is right anywhere from _least to _most, alike wrong with the distance from there, and counts or not by _counts.
    private readonly double[] _leastX = new double[sigmas.Length], _mostX = new double[sigmas.Length], _leastY = new double[sigmas.Length], _mostY = new double[sigmas.Length];
    private readonly double[] _scales = new double[sigmas.Length], _counts = new double[sigmas.Length];

    public IOverlap Fork() => new KeypointOverlap(detections, truths, boxes, objects, sigmas);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(ReadOnlySpan<int> detectionIndices, ReadOnlySpan<int> truthIndices, double least, Span<double> overlaps)
    {
        int count = _variances.Length;
        Span<double> terms = stackalloc double[count];
        for (int g = 0; g < truthIndices.Length; g++)
        {
            double area = objects[truthIndices[g]].Area + Spacing;
            int used = Aim(truthIndices[g], area);
            double enough = least * used * (1 - Slack);
            for (int d = 0; d < detectionIndices.Length; d++)
            {
                ReadOnlySpan<double> pose = detections.AsSpan(detectionIndices[d] * count * 2, count * 2);
                overlaps[(d * truthIndices.Length) + g] = Bound(pose[..count], pose[count..]) < enough ? 0 : Exact(pose[..count], pose[count..], area, terms);
            }
        }
    }

    /// <summary>Returns how many keypoints count.</summary>
    private int Aim(int index, double area)
    {
        int count = _variances.Length, visible = 0;
        ReadOnlySpan<double> truth = truths.AsSpan(index * count * 3, count * 3), box = boxes.AsSpan(index * 4, 4);
        for (int k = 0; k < count; k++)
        {
            bool counts = truth[(k * 3) + 2] > 0;
            visible += counts ? 1 : 0;
            (_leastX[k], _mostX[k], _leastY[k], _mostY[k]) = (truth[k * 3], truth[k * 3], truth[(k * 3) + 1], truth[(k * 3) + 1]);
            (_scales[k], _counts[k]) = (1 / (_variances[k] * area * 2), counts ? 1 : 0);
        }
        if (visible > 0)
            return visible;
        _leastX.AsSpan().Fill(box[0] - box[2]);
        _mostX.AsSpan().Fill(box[0] + (box[2] * 2));
        _leastY.AsSpan().Fill(box[1] - box[3]);
        _mostY.AsSpan().Fill(box[1] + (box[3] * 2));
        _counts.AsSpan().Fill(1);
        return count;
    }

    /// <summary>A sum that the keypoints' similarities do not exceed: exp(-e) is at most 1 / (1 + e + e^2/2 + e^3/6). Most pairs are far apart, and exp is slow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Bound(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var sums = Vector<double>.Zero;
        int k = 0;
        for (; k + Vector<double>.Count <= x.Length; k += Vector<double>.Count)
        {
            Vector<double> xs = new(x[k..]), ys = new(y[k..]);
            Vector<double> dx = Vector.Max(Vector<double>.Zero, new Vector<double>(_leastX, k) - xs) + Vector.Max(Vector<double>.Zero, xs - new Vector<double>(_mostX, k));
            Vector<double> dy = Vector.Max(Vector<double>.Zero, new Vector<double>(_leastY, k) - ys) + Vector.Max(Vector<double>.Zero, ys - new Vector<double>(_mostY, k));
            Vector<double> e = ((dx * dx) + (dy * dy)) * new Vector<double>(_scales, k);
            sums += new Vector<double>(_counts, k) / (Vector<double>.One + (e * (Vector<double>.One + (e * (new Vector<double>(0.5) + (e * new Vector<double>(1.0 / 6)))))));
        }
        double sum = Vector.Sum(sums);
        for (; k < x.Length; k++)
        {
            double dx = Beyond(x[k], _leastX[k], _mostX[k]), dy = Beyond(y[k], _leastY[k], _mostY[k]), e = ((dx * dx) + (dy * dy)) * _scales[k];
            sum += _counts[k] / (1 + (e * (1 + (e * (0.5 + (e / 6))))));
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Exact(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double area, Span<double> terms)
    {
        int used = 0;
        for (int k = 0; k < x.Length; k++)
        {
            if (_counts[k] == 0)
                continue;
            // Where least and most are one place, one of the two differences is 0 and the other is pycocotools' own but for its sign.
            double dx = Beyond(x[k], _leastX[k], _mostX[k]), dy = Beyond(y[k], _leastY[k], _mostY[k]);
            double e = ((dx * dx) + (dy * dy)) / _variances[k] / area / 2;
            terms[used++] = e > Underflow ? 0 : Math.Exp(-e);
        }
        return Sum(terms[..used]) / used;
    }

    private static double Beyond(double value, double least, double most) => Math.Max(0, least - value) + Math.Max(0, value - most);

    /// <summary>numpy's sum of up to 128 values: from eight on in eight lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Sum(ReadOnlySpan<double> terms)
    {
        double sum = 0;
        int i = 0;
        if (terms.Length >= 8)
        {
            Span<double> lanes = stackalloc double[8];
            terms[..8].CopyTo(lanes);
            for (i = 8; i + 8 <= terms.Length; i += 8)
            {
                for (int lane = 0; lane < 8; lane++)
                    lanes[lane] += terms[i + lane];
            }
            sum = lanes[0] + lanes[1] + (lanes[2] + lanes[3]) + (lanes[4] + lanes[5] + (lanes[6] + lanes[7]));
        }
        for (; i < terms.Length; i++)
            sum += terms[i];
        return sum;
    }
}
