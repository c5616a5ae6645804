using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

/// <summary>What holds of every calibrator, and what a plan may ask of them.</summary>
public class CalibratorTests
{
    private static readonly NumberFormat Int8 = TargetProfiles.Named("tensorrt", "").Quantization!.Activations;
    private static readonly NumberFormat U8 = TargetProfiles.Named("rk1808", "").Quantization!.Activations;

    public static TheoryData<string> Names => [.. Calibrators.All];

    [Theory]
    [MemberData(nameof(Names))]
    public void Memory_does_not_grow_with_images(string name)
    {
        var observer = Calibrators.Create(name, 99.9, 0.01, Int8);
        // The largest comes first: growing with the range is allowed, growing with the count is not.
        float[] image = Net.Values(1, 1, 4096);
        observer.Observe(image.Select(v => v * 4).ToArray());
        for (int i = 0; i < 5; i++)
            observer.Observe(image);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 500; i++)
            observer.Observe(image);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Ranges_are_ordered_and_finite_and_scale_with_the_values(string name)
    {
        foreach (var format in new[] { Int8, U8 })
            foreach (double spread in new[] { 1e-20, 1.0, 1e20 })
            {
                var observer = Calibrators.Create(name, 99.9, 0.01, format);
                foreach (int seed in new[] { 1, 2, 3 })
                    observer.Observe(Net.Values(seed, spread, 3000));
                var range = observer.Range();
                range.Min.Should().BeLessThan(0).And.BeGreaterThan((float)(-6 * spread));
                range.Max.Should().BeGreaterThan(0).And.BeLessThan((float)(6 * spread));
            }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Zeros_and_nothing_at_all_have_an_empty_range(string name)
    {
        var observer = Calibrators.Create(name, 99.9, 0.01, Int8);
        observer.Range().Should().Be(new ValueRange(0, 0));
        observer.Observe(new float[100]);
        observer.Range().Should().Be(new ValueRange(0, 0));
    }

    /// <summary>The point of cutting: less squared error than the extremes have, on values with rare outliers.</summary>
    [Theory]
    [InlineData(Calibrators.SquaredError)]
    [InlineData(Calibrators.HistogramSearch)]
    public void Searches_for_squared_error_beat_the_extremes(string name)
    {
        float[] values = [.. Net.Values(8, 1, 400_000).Select((v, i) => i % 100_000 == 0 ? v * 10 : v)];
        foreach (var format in new[] { Int8, U8 })
            Error(name, format).Should().BeLessThan(0.9 * Error(Calibrators.MinMax, format));

        double Error(string calibrator, NumberFormat format)
        {
            var observer = Calibrators.Create(calibrator, 0, 0, format);
            observer.Observe(values);
            var parameters = QuantizationParameters.For(observer.Range(), format);
            return values.Sum(v => Math.Pow(parameters.Dequantize(parameters.Quantize(v, format)) - v, 2));
        }
    }

    [Fact]
    public void A_moving_average_follows_by_its_constant()
    {
        var observer = new MovingAverageObserver(0.25);
        observer.Observe(new[] { -1f, 3f });
        observer.Observe(new[] { -5f, 1f });
        observer.Range().Should().Be(new ValueRange(-2, 2.5f));
    }

    [Fact]
    public void Absolute_maximum_reaches_to_both_sides_unless_nothing_is_negative()
    {
        var observer = new AbsoluteMaximumObserver();
        observer.Observe(new[] { 1f, 3f });
        observer.Range().Should().Be(new ValueRange(1, 3));
        observer.Observe(new[] { -0.5f });
        observer.Range().Should().Be(new ValueRange(-3, 3));
    }

    [Theory]
    [InlineData("mmse", "Rockchip")]
    [InlineData("KL_divergence", "Rockchip")]
    [InlineData("eqnm", "Cambricon")]
    [InlineData("admm", "Ingenic")]
    public void A_vendors_closed_mode_is_refused_with_what_is_known(string name, string vendor)
    {
        var faults = new FaultList();
        Calibrators.Check(name, 99, 0.01, "suite.yaml:3", faults);
        var fault = faults.ToImmutable().Should().ContainSingle().Subject;
        fault.What.Should().Contain("not public").And.Contain(vendor);
        fault.Where.Should().Be("suite.yaml:3");
    }

    [Fact]
    public void Sixteen_bits_are_too_many_codes_for_a_histogram() =>
        FluentActions.Invoking(() => Calibrators.Create(Calibrators.Entropy, 0, 0, Int8 with { CodeLow = -32768, CodeHigh = 32767 })).Should().Throw<FaultException>().WithMessage("*65536 codes*");

    [Fact]
    public void Weights_have_a_calibrator_of_their_own_for_each_channel()
    {
        var net = new Net(13, 1, 4, 6, 6).Conv("x", "y", 4, 3).Output("y");
        float[] weights = net.Graph.Initializer("y_w")!.Span<float>().ToArray();
        for (int channel = 0; channel < 3; channel++)
            weights[channel * 36] = 20 * (channel + 1);
        net.Constant("y_w", weights, 3, 4, 3, 3);
        float[] Scales(string calibrator) => [.. Lower(net, CalibrationOptions.Default with { WeightsCalibrator = calibrator }, "tensorrt").Qdq.Single(q => q.Kind == "weight").Scales.Select(s => (float)s)];
        Scales(Calibrators.MinMax).Should().Equal(20f / 127, 40f / 127, 60f / 127);
        var cut = Scales(Calibrators.Percentile);
        for (int channel = 0; channel < 3; channel++)
        {
            var observer = Calibrators.Create(Calibrators.Percentile, 95, 0, Int8);
            observer.Observe(weights.AsSpan(channel * 36, 36));
            cut[channel].Should().Be(QuantizationParameters.For(observer.Range(), Int8).Scale).And.BeLessThan(0.1f);
        }
    }

    [Fact]
    public void Known_ranges_go_before_the_calibrator_and_others_are_named()
    {
        var net = new Net(13, 1, 4, 6, 6).Conv("x", "c", 4, 4).Conv("c", "y", 4, 4).Output("y");
        var table = new RangeTable("trt.cache", [new NamedRange("x", new ValueRange(-2.54f, 2.54f)), new NamedRange("elsewhere", new ValueRange(-1, 1))]);
        var result = Lower(net, CalibrationOptions.Default with { Ranges = table }, "tensorrt");
        result.Qdq.Single(q => q.Tensor == "x").Scales.Single().Should().Be(2.54f / 127);
        result.Notes.Should().Contain("ranges of 1 of 2 activations from trt.cache").And.Contain("not in trt.cache, calibrated here: c");
        FluentActions.Invoking(() => Lower(net, CalibrationOptions.Default with { Ranges = table with { Ranges = table.Ranges.RemoveAt(0) } }, "tensorrt"))
            .Should().Throw<FaultException>().WithMessage("trt.cache: it names none of the 2 tensors*");
    }

    private static LoweringResult Lower(Net net, CalibrationOptions options, string target) =>
        Lowerer.Lower(net.Model, new LoweringPlan(TargetProfiles.Named(target, ""), Calibrators.MinMax, 95, []) { Options = options }, net.Stream());
}
