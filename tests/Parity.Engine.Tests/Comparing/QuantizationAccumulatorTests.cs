using System.Text.Json;
using Parity.Core;
using Parity.Engine.Comparing;

namespace Parity.Engine.Tests.Comparing;

public sealed class QuantizationAccumulatorTests
{
    [Fact]
    public void Clipping_rounding_and_codes_are_those_worked_by_hand()
    {
        // Scale 0.5, zero point 2: real values -1 to 126.5. Codes before clamping: -1, 0, 2, 2 (a tie, to even), 4 (a tie), 3, 256.
        QuantizationMeasures measured = Measure(Grid(0.5, 2), [-1.5f, -1, 0, 0.25f, 0.75f, 0.6f, 127]).Tensor;
        measured.Should().BeEquivalentTo(new QuantizationMeasures(
            7, 0, -1, 126.5, -1.5, 127, 1 / 7.0, 1 / 7.0, 2 / 7.0, 1 / 7.0, 5, 5 / 256.0,
            (0.25 + 0.25) / 7, (0.0625 + 0.0625 + Math.Pow((double)0.6f - 0.5, 2)) / 7, 5 * 0.25 / 12 / 7,
            10 * Math.Log10((2.25 + 1 + 0.0625 + 0.5625 + Math.Pow((double)0.6f, 2) + 16129) / (0.625 + Math.Pow((double)0.6f - 0.5, 2)))));
    }

    [Fact]
    public void Every_bin_is_an_eighth_of_a_code()
    {
        // -0.5 and 0.4375 are the first and the last bin of code 0; the tie 0.5 stays with code 0, 2.5 with code 2.
        CodeHistogram histogram = Measure(Grid(1, 0, ElementType.Int8), [-0.5f, 0.4375f, 0.5f, 2.5f, -129, -128.25f, 127.4f, 200]).Histogram!;
        (histogram.FirstEdge, histogram.BinWidth, histogram.Counts.Length, histogram.Below, histogram.Above).Should().Be((-128.5, 0.125, 2048, 1, 1));
        Filled(histogram).Should().Equal((2, 1), (128 * 8, 1), ((128 * 8) + 7, 2), ((130 * 8) + 7, 1), ((255 * 8) + 7, 1));
    }

    [Fact]
    public void Sixteen_bit_codes_share_bins_but_are_counted_one_by_one()
    {
        QuantizationDivergence measured = Measure(Grid(1, 0, ElementType.UInt16), [0, 1, 31, 32, 65535, 65536]);
        (measured.Tensor.CodesUsed, measured.Tensor.CodesUsedShare).Should().Be((5, 5 / 65536.0));
        (measured.Histogram!.BinWidth, measured.Histogram.Above).Should().Be((32, 1));
        Filled(measured.Histogram).Should().Equal((0, 3), (1, 1), (2047, 1));
    }

    [Fact]
    public void A_symmetric_range_has_one_code_less()
    {
        var grid = new QuantizationGrid("q", ElementType.Int8, null, [1], [0], low: -127);
        QuantizationMeasures measured = Measure(grid, [-128, -127, 5]).Tensor;
        (measured.ClippedLowShare, measured.LowEndShare, measured.Low, measured.CodesUsedShare).Should().Be((1 / 3.0, 2 / 3.0, -127, 2 / 255.0));
    }

    [Theory]
    [InlineData(1, ElementType.UInt8)]
    [InlineData(37, ElementType.Int8)]
    [InlineData(10_007, ElementType.UInt8)]
    [InlineData(10_007, ElementType.Int16)]
    public void Vector_and_scalar_code_agree_bit_for_bit_and_with_the_formula(int length, ElementType type)
    {
        var random = new Random(length);
        float[] values = [.. Enumerable.Range(0, length).Select(i => i % 5 == 0 ? random.Next(-600, 600) * 0.015f : (random.NextSingle() - 0.5f) * 5)];
        QuantizationGrid grid = Grid(0.03, 3, type);
        QuantizationDivergence[] measured = [.. VectorWidths.Supported.Select(width => Measure(grid, values, width))];
        string[] json = [.. measured.Select(m => JsonSerializer.Serialize(m))];
        json.Should().OnlyContain(text => text == json[0]);

        int[] codes = [.. values.Select(value => (int)MathF.Round(value / 0.03f) + 3)];
        double[] errors = [.. values.Zip(codes, (value, code) => Math.Pow(value - (double)((Math.Clamp(code, grid.Low, grid.High) - 3) * 0.03f), 2))];
        bool[] clipped = [.. codes.Select(code => code < grid.Low || code > grid.High)];
        QuantizationMeasures tensor = measured[0].Tensor;
        tensor.ClippedLowShare.Should().Be(codes.Count(code => code < grid.Low) / (double)length);
        tensor.ClippedHighShare.Should().Be(codes.Count(code => code > grid.High) / (double)length);
        tensor.CodesUsed.Should().Be(codes.Select(code => Math.Clamp(code, grid.Low, grid.High)).Distinct().Count());
        tensor.ClippingMse.Should().BeApproximately(errors.Where((_, i) => clipped[i]).Sum() / length, 1e-12);
        tensor.RoundingMse.Should().BeApproximately(errors.Where((_, i) => !clipped[i]).Sum() / length, 1e-12);
        tensor.SqnrDb.Should().BeApproximately(10 * Math.Log10(values.Sum(value => (double)value * value) / errors.Sum()), 1e-9);
        (tensor.Min, tensor.Max).Should().Be((values.Min(), values.Max()));
        measured[0].Histogram!.Counts.Sum().Should().Be(length - clipped.Count(isClipped => isClipped));
    }

    [Fact]
    public void Evenly_spread_values_have_the_expected_rounding_noise()
    {
        float[] values = [.. Enumerable.Range(0, 100_000).Select(i => i * 2.5e-5f)];
        QuantizationMeasures measured = Measure(Grid(0.01, 0), values).Tensor;
        measured.RoundingMse.Should().BeApproximately(measured.ExpectedRoundingMse!.Value, 1e-3 * measured.ExpectedRoundingMse.Value);
        measured.ExpectedRoundingMse.Should().BeApproximately(1e-4 / 12, 1e-10);
        measured.ClippingMse.Should().Be(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Channels_are_measured_by_themselves_on_any_axis(int axis)
    {
        // Channel 0 has scale 1, channel 1 has scale 0.01 and clips its 5.
        int[] shape = [2, 2, 2];
        var values = new float[8];
        int stride = axis == 0 ? 4 : axis == 1 ? 2 : 1;
        for (int i = 0; i < 8; i++)
            values[i] = i / stride % 2 == 0 ? 100 : 0.02f;
        values[^1] = 5;
        var grid = new QuantizationGrid("q", ElementType.Int8, axis, [1, 0.01], [0, 0]);
        var accumulator = new QuantizationAccumulator(grid, QuantizationView.Values);
        accumulator.Add(values, shape);
        QuantizationDivergence measured = accumulator.ToDivergence();
        measured.Channels.Select(c => (c.Count, c.Min, c.Max, c.ClippedHighShare, c.CodesUsed)).Should().Equal(
            (4, 100, 100, 0, 1), (4, (double)0.02f, 5, 0.25, 2));
        measured.Channels[1].ClippingMse.Should().BeApproximately(Math.Pow(5 - 1.27, 2) / 4, 1e-6);
        (measured.Tensor.Count, measured.Tensor.ClippedHighShare, measured.Tensor.Low, measured.Tensor.High).Should().Be((8, 1 / 8.0, -128, 127));
        measured.Tensor.ExpectedRoundingMse.Should().BeApproximately(((4 * 1.0) + (3 * 1e-4)) / 12 / 8, 1e-9);
    }

    [Theory]
    [InlineData(new float[] { 0, 1, 2.5f })]
    [InlineData(new float[] { 0, 0 })]
    public void Without_noise_the_quantizer_has_no_sqnr(float[] values)
    {
        QuantizationMeasures measured = Measure(Grid(0.5, 7), values).Tensor;
        (measured.RoundingMse, measured.ClippingMse, measured.SqnrDb).Should().Be((0.0, 0.0, (double?)null));
    }

    [Fact]
    public void Images_add_up()
    {
        var accumulator = new QuantizationAccumulator(Grid(1, 0), QuantizationView.Values);
        accumulator.Add([1, 2], [2]);
        accumulator.Add([2, 300], [2]);
        QuantizationMeasures measured = accumulator.ToDivergence().Tensor;
        (measured.Count, measured.ClippedHighShare, measured.CodesUsed, measured.Min, measured.Max).Should().Be((4, 0.25, 3, 1, 300));
        measured.ClippingMse.Should().Be(45 * 45 / 4.0);
        measured.SqnrDb.Should().BeApproximately(10 * Math.Log10((1 + 4 + 4 + 90000) / 2025.0), 1e-12);
    }

    [Fact]
    public void Codes_show_their_ends_but_no_error()
    {
        var fromCodes = new QuantizationAccumulator(Grid(0.1, 128), QuantizationView.Codes);
        fromCodes.AddCodes<byte>([0, 0, 255, 128, 7], [5]);
        var fromFloats = new QuantizationAccumulator(Grid(0.1, 128), QuantizationView.Codes);
        fromFloats.Add([-128 * 0.1f, -128 * 0.1f, 127 * 0.1f, 0, -121 * 0.1f], [5]);
        QuantizationDivergence measured = fromCodes.ToDivergence();
        measured.Should().BeEquivalentTo(fromFloats.ToDivergence());
        (measured.Tensor.LowEndShare, measured.Tensor.HighEndShare, measured.Tensor.CodesUsed).Should().Be((0.4, 0.2, 4));
        (measured.Tensor.ClippedLowShare, measured.Tensor.ClippingMse, measured.Tensor.RoundingMse, measured.Tensor.ExpectedRoundingMse, measured.Tensor.SqnrDb)
            .Should().Be(((double?)null, (double?)null, (double?)null, (double?)null, (double?)null));
    }

    [Fact]
    public void Every_8_and_16_bit_code_survives_dequantizing()
    {
        foreach (double scale in new[] { 0.1, 1 / 3.0, 0.007874016, 1e-6, 12345.678 })
        {
            var bytes = new QuantizationAccumulator(Grid(scale, 77), QuantizationView.Codes);
            bytes.AddCodes<byte>([.. Enumerable.Range(0, 256).Select(code => (byte)code)], [256]);
            bytes.ToDivergence().Tensor.CodesUsed.Should().Be(256);
            var words = new QuantizationAccumulator(Grid(scale, -5, ElementType.Int16), QuantizationView.Codes);
            words.AddCodes<short>([.. Enumerable.Range(short.MinValue, 65536).Select(code => (short)code)], [65536]);
            words.ToDivergence().Tensor.CodesUsed.Should().Be(65536);
        }
    }

    [Theory]
    [InlineData(0.15f)]
    [InlineData(99f)]
    public void Values_that_are_no_codes_are_refused_where_codes_are_seen(float value)
    {
        var accumulator = new QuantizationAccumulator(Grid(0.1, 128), QuantizationView.Codes);
        ((Action)(() => accumulator.Add([0, value], [2]))).Should().Throw<FaultException>().Which.Faults.Single().Where.Should().Contain("'q'");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Anything_non_finite_leaves_no_measure(float value)
    {
        float[] values = [.. Enumerable.Repeat(value, 20), 1, 2];
        foreach (VectorWidth width in VectorWidths.Supported)
        {
            QuantizationDivergence measured = Measure(Grid(1, 0), values, width);
            measured.Tensor.Should().Be(new QuantizationMeasures(22, 20, 0, 255, null, null, null, null, null, null, null, null, null, null, null, null));
            measured.Histogram.Should().BeNull();
        }
    }

    [Fact]
    public void Nothing_seen_is_no_value()
    {
        Measure(Grid(1, 0), []).Tensor.CodesUsedShare.Should().BeNull();
    }

    [Fact]
    public void Every_fault_of_a_grid_is_reported()
    {
        ((Action)(() => _ = new QuantizationGrid("q", ElementType.UInt8, 1, [0, double.NaN, 1], [0, 0, 256])))
            .Should().Throw<FaultException>().Which.Faults.Should().HaveCount(3);
        ((Action)(() => _ = new QuantizationGrid("q", ElementType.Int32, null, [1, 1], [0])))
            .Should().Throw<FaultException>().Which.Faults.Should().HaveCount(2);
    }

    [Fact]
    public void A_shape_that_does_not_fit_the_channels_is_refused()
    {
        var accumulator = new QuantizationAccumulator(new QuantizationGrid("q", ElementType.Int8, 1, [1, 1], [0, 0]), QuantizationView.Values);
        ((Action)(() => accumulator.Add([1, 2, 3], [1, 3]))).Should().Throw<FaultException>();
        ((Action)(() => accumulator.Add([1, 2, 3], [1, 2]))).Should().Throw<FaultException>();
    }

    private static QuantizationGrid Grid(double scale, long zeroPoint, ElementType type = ElementType.UInt8) => new("q", type, null, [scale], [zeroPoint]);

    private static QuantizationDivergence Measure(QuantizationGrid grid, float[] values, VectorWidth? width = null)
    {
        var accumulator = new QuantizationAccumulator(grid, QuantizationView.Values);
        accumulator.Add(values, [values.Length], width ?? VectorWidths.Widest);
        return accumulator.ToDivergence();
    }

    private static IEnumerable<(int Bin, long Count)> Filled(CodeHistogram histogram) =>
        histogram.Counts.Select((count, bin) => (bin, count)).Where(pair => pair.count != 0);
}
