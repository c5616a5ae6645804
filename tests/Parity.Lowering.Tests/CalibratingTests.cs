using Parity.Core;

namespace Parity.Lowering.Tests;

public class CalibratingTests
{
    private static readonly NumberFormat Symmetric = TargetProfiles.Named("tensorrt", "").Quantization!.Activations;
    private static readonly NumberFormat Asymmetric = TargetProfiles.Named("rk1808", "").Quantization!.Activations;

    [Fact]
    public void Symmetric_scale_is_the_largest_magnitude_over_127() =>
        QuantizationParameters.For(new ValueRange(-2.54f, 1), Symmetric).Should().Be(new QuantizationParameters(2.54f / 127, 0));

    [Theory]
    [InlineData(-1f, 1.55f, 0.01f, 100)]
    [InlineData(0.5f, 2.55f, 0.01f, 0)]      // zero must be in the range
    [InlineData(-5.1f, -1f, 0.02f, 255)]
    [InlineData(2.55f, 2.55f, 0.01f, 0)]     // one value alone
    [InlineData(0f, 0f, 1f, 0)]              // no extent
    [InlineData(-0.5f, 254.5f, 1f, 0)]       // the zero point's tie goes to even
    [InlineData(-1.5f, 253.5f, 1f, 2)]
    public void Asymmetric_parameters_hold_zero(float min, float max, float scale, int zeroPoint)
    {
        var p = QuantizationParameters.For(new ValueRange(min, max), Asymmetric);
        p.Scale.Should().BeApproximately(scale, scale * 1e-6f);
        p.ZeroPoint.Should().Be(zeroPoint);
        p.Dequantize(p.Quantize(0, Asymmetric)).Should().Be(0);
    }

    [Theory]
    [InlineData(0.5f, 0)]
    [InlineData(1.5f, 2)]
    [InlineData(2.5f, 2)]
    [InlineData(-0.5f, 0)]
    [InlineData(-2.5f, -2)]
    [InlineData(126.5f, 126)]
    [InlineData(300f, 127)]
    [InlineData(-127.6f, -128)]
    [InlineData(-1e30f, -128)]
    public void Ties_go_to_even_and_codes_saturate(float value, int code) =>
        new QuantizationParameters(1, 0).Quantize(value, Symmetric).Should().Be(code);

    [Theory]
    [InlineData(ZeroPointPlacement.AfterRounding, 1)]
    [InlineData(ZeroPointPlacement.BeforeRounding, 2)]
    public void An_odd_zero_point_moves_a_tie_when_it_is_added_before_rounding(ZeroPointPlacement placement, int code) =>
        new QuantizationParameters(1, 1).Quantize(0.5f, Asymmetric with { ZeroPoint = placement }).Should().Be(code);

    [Theory]
    [InlineData(Rounding.HalfAwayFromZero, -2.5f, -3)]
    [InlineData(Rounding.HalfAwayFromZero, 2.5f, 3)]
    [InlineData(Rounding.HalfUp, -0.5f, 0)]
    [InlineData(Rounding.HalfUp, -1.5f, -1)]
    [InlineData(Rounding.HalfUp, 2.5f, 3)]
    [InlineData(Rounding.HalfUp, 0.49999997f, 0)]
    public void Other_roundings_follow_the_specification(Rounding rounding, float value, int code) =>
        new QuantizationParameters(1, 0).Quantize(value, Symmetric with { Rounding = rounding }).Should().Be(code);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(100)]
    public void The_range_sees_every_element_and_refuses_what_is_not_finite(int length)
    {
        var values = Net.Values(3, 1, length);
        ValueRange.Of(values).Should().Be(length == 0 ? null : new ValueRange(values.Min(), values.Max()));
        for (int i = 0; i < length; i++)
        {
            foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            {
                var poisoned = values.ToArray();
                poisoned[i] = bad;
                ValueRange.Of(poisoned).Should().BeNull();
            }
        }
    }

    /// <summary>The oracle sorts all values: numpy.percentile(..., method="inverted_cdf") on the concatenated data.</summary>
    [Theory]
    [InlineData(99.99, 1.0)]
    [InlineData(99.9, 1.0)]
    [InlineData(99.0, 37.0)]
    [InlineData(100.0, 1e-3)]
    [InlineData(60.0, 5e4)]
    public void Percentiles_are_within_a_bin_of_the_order_statistic(double percentile, double spread)
    {
        // The magnitude grows from chunk to chunk, so that the histogram widens several times.
        var chunks = Enumerable.Range(0, 6).Select(i => Net.Values(i, spread * Math.Pow(3, i - 5), 5000)).ToList();
        chunks.Insert(0, new float[100]);
        chunks.Add([.. Net.Values(9, spread, 3000).Select(MathF.Abs)]);
        var all = chunks.SelectMany(c => c).ToArray();
        double bin = all.Max(MathF.Abs) / 2048.0;

        foreach (bool symmetric in new[] { true, false })
        {
            var observer = new HistogramObserver(percentile, symmetric);
            chunks.ForEach(c => observer.Observe(c));
            var range = observer.Range();
            if (symmetric)
            {
                double exact = OrderStatistic(all.Select(v => (double)Math.Abs(v)), percentile / 100);
                range.AbsoluteMaximum.Should().BeInRange((float)exact, (float)(exact + bin));
            }
            else
            {
                double low = OrderStatistic(all.Select(v => (double)v), (1 - percentile / 100) / 2), high = OrderStatistic(all.Select(v => (double)v), 1 - (1 - percentile / 100) / 2);
                range.Min.Should().BeInRange((float)(low - bin), (float)low);
                range.Max.Should().BeInRange((float)high, (float)(high + bin));
            }
        }
    }

    private static double OrderStatistic(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length - 1e-6) - 1, 0, sorted.Length - 1)];
    }

    [Fact]
    public void Percentile_100_is_min_max()
    {
        var values = Net.Values(5, 2, 10000);
        foreach (bool symmetric in new[] { true, false })
        {
            var observer = new HistogramObserver(100, symmetric);
            observer.Observe(values);
            observer.Range().Should().Be(new ValueRange(values.Min(), values.Max()));
        }
    }

    [Fact]
    public void The_order_of_the_inputs_does_not_move_a_percentile()
    {
        var chunks = Enumerable.Range(0, 5).Select(i => Net.Values(i, Math.Pow(2.7, i), 500)).ToList();
        var forward = new HistogramObserver(99.5, symmetric: false);
        var backward = new HistogramObserver(99.5, symmetric: false);
        chunks.ForEach(c => forward.Observe(c));
        chunks.Reverse();
        chunks.ForEach(c => backward.Observe(c));
        backward.Range().Should().Be(forward.Range());
    }

    [Fact]
    public void Zeros_alone_have_an_empty_range_and_a_scale_of_one()
    {
        var observer = new HistogramObserver(99.9, symmetric: true);
        observer.Observe(new float[64]);
        observer.Range().Should().Be(new ValueRange(0, 0));
        QuantizationParameters.For(observer.Range(), Symmetric).Should().Be(new QuantizationParameters(1, 0));
    }
}
