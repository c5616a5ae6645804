using Parity.Core;

namespace Parity.Lowering.Tests;

/// <summary>The histogram calibrators that NVIDIA published, against their definition written out step by step: no prefix sums, no vectors.</summary>
public class NvidiaCalibratorTests
{
    private static readonly NumberFormat Int8 = TargetProfiles.Named("tensorrt", "").Quantization!.Activations;

    public static TheoryData<int, double> Draws => new() { { 1, 1 }, { 2, 0.01 }, { 3, 300 }, { 4, 1e-6 } };

    [Theory]
    [MemberData(nameof(Draws))]
    public void Kl_ends_at_the_edge_that_its_definition_chooses(int seed, double spread)
    {
        float[] values = Heavy(seed, spread);
        var histogram = Histogram(values, out float width);
        var observer = new EntropyObserver(Int8);
        observer.Observe(values);
        var divergences = Enumerable.Range(128, histogram.Length - 127).Select(kept => Divergence(histogram, kept)).ToArray();
        int expected = 128 + divergences.Select((d, i) => (d, i)).OrderBy(x => x.d).ThenByDescending(x => x.i).First().i;
        expected.Should().BeInRange(129, 2047, "the draw has outliers worth cutting");
        observer.Range().AbsoluteMaximum.Should().Be(expected * width);
    }

    [Fact]
    public void Kl_of_a_distribution_hand_worked()
    {
        // Bins 0 to 127 hold 5 and 15 in turn, one outlier sits in the last: keeping 128 bins adds it to bin 127 and costs next to nothing, keeping all merges sixteen bins to a code.
        var counts = new long[2048];
        for (int i = 0; i < 128; i++)
            counts[i] = i % 2 == 0 ? 5 : 15;
        counts[2047] = 1;
        EntropyObserver.BestBins(counts, 128).Should().Be(128);
        // Evenly filled, nothing is lost by merging and anything by cutting: the widest wins.
        Array.Fill(counts, 10);
        EntropyObserver.BestBins(counts, 128).Should().Be(2048);
    }

    [Theory]
    [MemberData(nameof(Draws))]
    public void Mse_takes_the_centre_that_costs_least(int seed, double spread)
    {
        float[] values = Heavy(seed, spread);
        var histogram = Histogram(values, out float width);
        var observer = new SquaredErrorObserver(Int8);
        observer.Observe(values);
        double Cost(int candidate)
        {
            double magnitude = (candidate + 0.5) * width, step = magnitude / 127, sum = 0;
            for (int i = 0; i < histogram.Length; i++)
            {
                double centre = (i + 0.5) * width, code = Math.Min(Math.Round(centre / step, MidpointRounding.ToEven), 127);
                sum += Math.Pow(code * step - centre, 2) * histogram[i];
            }
            return sum;
        }
        double least = Enumerable.Range(128, 1920).Min(Cost);
        int taken = (int)MathF.Round(observer.Range().AbsoluteMaximum / width - 0.5f);
        observer.Range().AbsoluteMaximum.Should().BeApproximately((taken + 0.5f) * width, width * 1e-3f);
        Cost(taken).Should().BeLessThanOrEqualTo(least * 1.0001, "float sums may take a neighbour that costs the same");
    }

    [Fact]
    public void The_histogram_grows_by_bins_of_the_first_width_and_then_merges_them()
    {
        var histogram = new MagnitudeHistogram();
        histogram.Observe(new float[] { 0, 0 });
        histogram.Width.Should().Be(0);
        histogram.Observe(new[] { 1f, -2.048f, 0.0005f });
        histogram.Width.Should().Be(0.001f);
        histogram.Counts[0].Should().Be(3, "two zeros and 0.0005");
        histogram.Counts[2047].Should().Be(1);
        histogram.Observe(new[] { 4.0961f });
        (histogram.Counts.Length, histogram.Width).Should().Be((4097, 0.001f));
        histogram.Observe(new[] { 1000f });
        histogram.Counts.Length.Should().BeLessThanOrEqualTo(MagnitudeHistogram.MostBins);
        (histogram.Counts.Length * (double)histogram.Width).Should().BeInRange(1000, 1001);
        histogram.Counts.ToArray().Sum().Should().Be(7);
    }

    [Fact]
    public void Signed_formats_with_a_zero_point_are_cut_on_both_sides()
    {
        var u8 = TargetProfiles.Named("rk1808", "").Quantization!.Activations;
        float[] values = [.. Heavy(5, 1).Select(v => v < 0 ? v / 100 : v)];
        foreach (IRangeObserver observer in new IRangeObserver[] { new EntropyObserver(u8), new SquaredErrorObserver(u8) })
        {
            observer.Observe(values);
            var range = observer.Range();
            range.Min.Should().Be(values.Min(), "it lies within what is kept");
            range.Max.Should().BeLessThan(values.Max());
        }
    }

    /// <summary>Normal values with one in fifty ten times as large.</summary>
    private static float[] Heavy(int seed, double spread) => [.. Net.Values(seed, spread, 20_000).Select((v, i) => i % 50 == 0 ? v * 10 : v)];

    private static long[] Histogram(float[] values, out float width)
    {
        width = values.Max(MathF.Abs) / 2048;
        var counts = new long[2048];
        foreach (float v in values)
            counts[Math.Min((int)(Math.Abs(v) * (1 / width)), 2047)]++;
        return counts;
    }

    /// <summary>scipy's entropy of the two densities as pytorch-quantization builds them.</summary>
    private static double Divergence(long[] histogram, int kept)
    {
        var bins = histogram.Select(c => (double)c).ToArray();
        bins[0] = bins[1];
        var reference = bins[..kept];
        reference[^1] += bins[kept..].Sum();
        var merged = new double[kept];
        foreach (var code in Enumerable.Range(0, kept).GroupBy(i => (int)Math.Floor(i * 128.0 / kept)))
        {
            var filled = code.Where(i => bins[i] != 0).ToList();
            foreach (int i in filled)
                merged[i] = filled.Sum(j => bins[j]) / filled.Count;
        }
        double p = reference.Sum(), q = merged.Sum(), sum = 0;
        for (int i = 0; i < kept; i++)
            if (reference[i] > 0)
                sum += merged[i] == 0 ? double.PositiveInfinity : reference[i] / p * Math.Log(reference[i] / p / (merged[i] / q));
        return sum;
    }
}
