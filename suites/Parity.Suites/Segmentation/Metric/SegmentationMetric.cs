using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Imaging;
using Parity.Suites.Metrics;

namespace Parity.Suites.Segmentation;

/// <summary>
/// Mean and per-class intersection over union, pixel accuracy and boundary IoU, over the pixels of all samples together (Long et al. 2015;
/// Cheng et al. 2021). A class without a labelled pixel has no value and is in no mean: pixels wrongly given to it lower the other classes.
/// </summary>
/// <remarks>
/// Pixels to ignore count nowhere. For boundaries they are a region of their own in truth and prediction alike, so that their outline, which the
/// model cannot know, makes no difference.
/// </remarks>
public static class SegmentationMetric
{
    private const int TermsPerClass = 6;

    /// <exception cref="FaultException">Maps of different sizes, or a sample twice.</exception>
    public static IEvaluation Evaluate(ImmutableArray<string> classes, IEnumerable<SegmentationSample> samples)
    {
        ImmutableArray<string> words = [.. classes.Select(MeasurementName.Word)];
        ImmutableArray<string> names =
        [
            "mIoU", "pixel-accuracy", "boundary-mIoU", .. words.Select(w => $"IoU/{w}"), .. words.Select(w => $"boundary-IoU/{w}"),
        ];
        return new SummedEvaluation(
            [.. names.Select(n => new MeasurementKind($"semantic/{n}", "fraction", Direction.HigherIsBetter))],
            TermsPerClass * classes.Length,
            samples.Select(s => new SampleTerms(s.Id, Terms(s, classes.Length))),
            (sums, values) => Values(sums, classes.Length, values),
            [.. classes.Select((name, c) => new SummedPart("class", name, 3 + c, (TermsPerClass * c) + 1))]);
    }

    /// <summary>For each class: pixels shared, labelled, predicted; the same of its boundary region.</summary>
    private static ImmutableArray<double> Terms(SegmentationSample sample, int classes)
    {
        (int width, int height) = (sample.Truth.Width, sample.Truth.Height);
        if ((width, height) != (sample.Predicted.Width, sample.Predicted.Height))
        {
            throw new FaultException($"{sample.Predicted.Width} x {sample.Predicted.Height} pixels are predicted, {width} x {height} are labelled",
                $"sample {sample.Id}", "Use the masks that were made on these pictures.");
        }
        byte[] truth = sample.Truth.Values;
        var predicted = new LabelMap(width, height, [.. sample.Predicted.Values.Select((c, i) => truth[i] == IClassMaps.Ignored ? IClassMaps.Ignored : c)]);
        int distance = MaskBoundary.Distance(width, height);
        bool[] truthBoundary = MaskBoundary.Of(sample.Truth, distance), predictedBoundary = MaskBoundary.Of(predicted, distance);
        var terms = new double[TermsPerClass * classes];
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] == IClassMaps.Ignored)
                continue;
            int t = TermsPerClass * truth[i], p = TermsPerClass * predicted.Values[i];
            terms[t + 1]++;
            terms[p + 2]++;
            if (truthBoundary[i])
                terms[t + 4]++;
            if (predictedBoundary[i])
                terms[p + 5]++;
            if (t != p)
                continue;
            terms[t]++;
            if (truthBoundary[i] && predictedBoundary[i])
                terms[t + 3]++;
        }
        return [.. terms];
    }

    private static void Values(ReadOnlySpan<double> sums, int classes, Span<double> values)
    {
        double shared = 0, labelled = 0, total = 0, boundaryTotal = 0;
        int present = 0;
        for (int c = 0; c < classes; c++)
        {
            ReadOnlySpan<double> terms = sums.Slice(c * TermsPerClass, TermsPerClass);
            values[3 + c] = Iou(terms);
            values[3 + classes + c] = Iou(terms[3..]);
            shared += terms[0];
            labelled += terms[1];
            if (terms[1] == 0)
                continue;
            present++;
            total += values[3 + c];
            boundaryTotal += values[3 + classes + c];
        }
        values[0] = SummedEvaluation.Quotient(total, present);
        values[1] = SummedEvaluation.Quotient(shared, labelled);
        values[2] = SummedEvaluation.Quotient(boundaryTotal, present);
    }

    // Every labelled class has a boundary: its region meets another one, or the picture's edge.
    private static double Iou(ReadOnlySpan<double> terms) => terms[1] == 0 ? double.NaN : terms[0] / (terms[1] + terms[2] - terms[0]);
}
