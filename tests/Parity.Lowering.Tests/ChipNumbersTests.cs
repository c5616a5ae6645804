using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

/// <summary>What the graphs compute against the pure arithmetic: ONNX Runtime runs the one, the other is held to the golden vectors.</summary>
public class ChipNumbersTests
{
    private static TargetProfile Profile(string name, params (string Flag, string Choice)[] flags)
    {
        var faults = new FaultList();
        var profile = TargetProfiles.Named(name, "test").With(flags.Select(f => KeyValuePair.Create(f.Flag, f.Choice)), "test", faults);
        faults.ThrowIfAny();
        return profile;
    }

    private static LoweringResult Lower(Net net, TargetProfile profile, params string[] keepFloat) =>
        Lowerer.Lower(net.Model, new LoweringPlan(profile, Calibrators.MinMax, 0, [.. keepFloat]), net.Stream());

    /// <summary>Multiples of a quarter and of an eighth step, so that every other value is near a tie or on it, from far below the range to far above.</summary>
    private static float[] Ties(float scale) => [.. Enumerable.Range(-1400, 2801).Select(i => i * scale / 8), 0.49999997f * scale, -0.49999997f * scale, 0];

    [Theory]
    [InlineData(Rounding.HalfAwayFromZero, ZeroPointPlacement.AfterRounding, 0, -127, 127)]
    [InlineData(Rounding.HalfAwayFromZero, ZeroPointPlacement.BeforeRounding, 5, -128, 127)]
    [InlineData(Rounding.HalfAwayFromZero, ZeroPointPlacement.AfterRounding, -3, -128, 127)]
    [InlineData(Rounding.HalfToEven, ZeroPointPlacement.BeforeRounding, 1, -128, 127)]
    [InlineData(Rounding.HalfToEven, ZeroPointPlacement.AfterRounding, 0, -100, 90)]
    [InlineData(Rounding.HalfUp, ZeroPointPlacement.AfterRounding, 0, -127, 127)]
    [InlineData(Rounding.TowardZero, ZeroPointPlacement.AfterRounding, 2, -128, 127)]
    public void A_rounded_pair_gives_the_chips_code_at_every_tie_and_limit(Rounding rounding, ZeroPointPlacement placement, int zeroPoint, int low, int high)
    {
        var format = new NumberFormat
        {
            Bits = 8, Sign = Sign.Signed, Symmetry = Symmetry.Asymmetric, Granularity = Granularity.PerTensor, Scale = ScaleForm.Float,
            CodeLow = low, CodeHigh = high, Rounding = rounding, ZeroPoint = placement,
        };
        foreach (float scale in new[] { 0.25f, 0.013f })
        {
            var parameters = new QuantizationParameters(scale, zeroPoint);
            float[] values = Ties(scale);
            var net = new Net(13, values.Length);
            string rounded = RoundingSubgraph.Add(new NodeWriter(net.Graph, "x"), "x", format, parameters);
            net.Constant("s", [scale]).Graph.SetInitializer("z", Codes.Pack(ElementType.Int8, [zeroPoint]));
            net.Node("QuantizeLinear", $"{rounded} s z", "q").Node("DequantizeLinear", "q s z", "y").Output("y");
            foreach (bool optimize in new[] { false, true })
            {
                var y = Net.Run(net.Model, [Tensor.Create(values, values.Length)], [], optimize).Single()["y"].Span<float>().ToArray();
                y.Should().Equal(values.Select(v => parameters.Dequantize(parameters.Quantize(v, format))));
            }
        }
    }

    [Theory]
    [InlineData(8, 1.0)]
    [InlineData(8, 6.0)]
    [InlineData(16, 3.0)]
    public void A_logarithmic_subgraph_gives_the_code_books_values(int bits, double clip)
    {
        var code = LogarithmicCode.ForClip(clip, bits);
        float[] values =
        [
            .. code.CodeBook(), (float)code.PositiveThreshold, MathF.BitDecrement((float)code.PositiveThreshold), MathF.BitIncrement((float)code.PositiveThreshold),
            (float)code.NegativeThreshold, MathF.BitDecrement((float)code.NegativeThreshold), 0, -0f, (float)clip * 3, (float)clip * -3, .. Net.Values(3, clip / 3, 4000),
        ];
        var net = new Net(13, values.Length);
        string dequantized = LogarithmicSubgraph.Add(new NodeWriter(net.Graph, "x"), "x", code);
        net.Node("Identity", dequantized, "y").Output("y");
        var y = Net.Run(net.Model, [Tensor.Create(values, values.Length)], []).Single()["y"].Span<float>().ToArray();
        int missed = 0;
        for (int i = 0; i < y.Length; i++)
        {
            int expected = code.Quantize(values[i]);
            if (y[i] == (float)code.Dequantize(expected))
                continue;
            missed++;
            new[] { (float)code.Dequantize(expected - 1), (float)code.Dequantize(expected + 1) }.Should().Contain(y[i], "a logarithm in float32 misses a threshold by one code at most");
        }
        missed.Should().BeLessThan(bits == 8 ? 3 : 8);
    }

    [Theory]
    [InlineData(6f, true)]
    [InlineData(null, true)]
    [InlineData(6f, false)]
    public void A_dynamic_subgraph_quantizes_rows_as_the_kernels_do(float? outlier, bool byRow)
    {
        const int rows = 5, columns = 16;
        float[] values = Net.Values(4, 2, rows, columns);
        values[3] = 9;
        values[2 * columns + 7] = -6;
        Array.Clear(values, 4 * columns, columns);
        var format = TargetProfiles.Named("cuda-w8a8", "").Quantization!.Activations;
        var net = new Net(13, 1, rows, columns);
        var result = DynamicSubgraph.Add(new NodeWriter(net.Graph, "x"), "x", 13, 3, 2, byRow, format, outlier);
        net.Node("Identity", result.Quantized, "y").Output("y");
        var y = Net.Run(net.Model, [Tensor.Create(values, 1, rows, columns)], []).Single()["y"].Span<float>().ToArray();
        float largest = RowAbsoluteMaximum.Of(values, outlier);
        bool[] isOutlier = [.. Enumerable.Range(0, columns).Select(c => outlier is { } limit && Enumerable.Range(0, rows).Any(r => Math.Abs(values[r * columns + c]) >= limit))];
        for (int i = 0; i < values.Length; i++)
        {
            var row = values.AsSpan(i / columns * columns, columns);
            float extent = byRow ? RowAbsoluteMaximum.Of(row, outlier) : largest;
            float expected = isOutlier[i % columns] || extent == 0 ? 0
                : (byRow ? RowAbsoluteMaximum.Quantize(row, outlier) : RowAbsoluteMaximum.Quantize(values, outlier).AsSpan(i / columns * columns, columns))[i % columns] * (extent / 127);
            y[i].Should().BeApproximately(expected, extent * 1e-6f);
        }
    }

    [Fact]
    public void Outlier_columns_are_multiplied_in_half_and_counted_as_such()
    {
        var net = new Net(13, 1, 4, 6, 6).Constant("k", [1, 1, 1, 40], 1, 4, 1, 1).Node("Mul", "x k", "m").Conv("m", "y", 4, 8).Output("y");
        var with = Lower(net, Profile("cuda-w8a8"));
        var without = Lower(net, Profile("cuda-w8a8", ("outliers", "off")));
        var expected = Net.Run(net.Model, [net.Input(0)], []).Single()["y"];
        Net.SqnrDb(expected, Net.Run(with.Model, [net.Input(0)], []).Single()["y"]).Should()
            .BeGreaterThan(Net.SqnrDb(expected, Net.Run(without.Model, [net.Input(0)], []).Single()["y"]) + 6);
        with.QuantizedMacShare.Should().BeApproximately(0.75, 1e-9, "one of four channels has outliers");
        with.Cost.Relative.Should().BeApproximately(0.75 + 0.25 * 2, 1e-9);
        (without.QuantizedMacShare, without.Cost.Relative).Should().Be((1, 1));
    }

    [Fact]
    public void Weighted_operators_of_the_mlu_take_positions_and_give_half()
    {
        var net = new Net(13, 1, 3, 8, 8).Conv("x", "c", 3, 8).Node("Relu", "c", "r").Node("Sigmoid", "r", "s").Conv("s", "y", 8, 4, 1).Output("y");
        var result = Lower(net, Profile("mlu220"));
        var scales = result.Qdq.SelectMany(q => q.Scales).ToList();
        scales.Should().HaveCount(4).And.OnlyContain(s => Math.Log2(s) == Math.Round(Math.Log2(s)), "a position is a power of two");
        result.Qdq.Where(q => q.Kind == "activation").Select(q => q.Source).Should().Equal("x", "s");
        var run = Net.Run(result.Model, [net.Input(0)], ["c", "s"]).Single();
        foreach (string tensor in new[] { "c", "s", "y" })
            run[tensor].Span<float>().ToArray().Should().OnlyContain(v => v == (float)(Half)v, tensor);
        result.Map.Rows.Single(r => r.Reference[0] == "s").Should().Match<LayerMapRow>(r => r.Target[0] != "s" && r.Transform == TensorTransform.Dequantization);
        Net.SqnrDb(Net.Run(net.Model, [net.Input(0)], []).Single()["y"], run["y"]).Should().BeGreaterThan(20);
    }

    [Fact]
    public void Logarithmic_targets_say_why_their_quantizers_have_no_record_and_count_as_quantized()
    {
        var net = new Net(13, 1, 3, 8, 8).Conv("x", "c", 3, 8).Node("Relu", "c", "r").Conv("r", "y", 8, 4, 1).Output("y");
        var result = Lower(net, Profile("hi3559"));
        result.Qdq.Should().BeEmpty();
        result.QuantizedMacShare.Should().Be(1);
        result.Notes.Should().Contain(n => n.StartsWith("2 quantizers are operators in float") && n.EndsWith("logarithms"));
        var book = LogarithmicCode.ForAbsoluteMaximum(net.Graph.Initializer("c_w")!.Span<float>().ToArray().Max(MathF.Abs), 8).CodeBook();
        result.Model.Graph.Initializer("c_w/dq")!.Span<float>().ToArray().Should().OnlyContain(v => book.Contains(v));
        var fine = Lower(net, Profile("hi3559-16bit"));
        var expected = Net.Run(net.Model, [net.Input(0)], []).Single()["y"];
        double coarse = Net.SqnrDb(expected, Net.Run(result.Model, [net.Input(0)], []).Single()["y"]);
        coarse.Should().BeGreaterThan(25);
        Net.SqnrDb(expected, Net.Run(fine.Model, [net.Input(0)], []).Single()["y"]).Should().BeGreaterThan(coarse + 12);
    }

    [Fact]
    public void Features_of_the_t40_have_a_sign_only_where_values_have()
    {
        var net = new Net(11, 1, 3, 8, 8).Conv("x", "c", 3, 8).Node("Relu", "c", "r").Conv("r", "y", 8, 4, 1).Output("y");
        var result = Lower(net, Profile("t40"));
        var types = result.Qdq.Where(q => q.Kind == "activation").ToDictionary(q => q.Source!, q => q.Type);
        (types["x"], types["r"], types["y"]).Should().Be((ElementType.Int8, ElementType.UInt8, ElementType.Int8));
        var wide = Lower(net, Profile("t40", ("feature-bits", "12")));
        wide.Model.OpsetVersion.Should().Be(21);
        wide.Qdq.Single(q => q.Source == "r").Type.Should().Be(ElementType.UInt16);
        var expected = Net.Run(net.Model, [net.Input(0)], []).Single()["y"];
        Net.SqnrDb(expected, Net.Run(wide.Model, [net.Input(0)], []).Single()["y"]).Should().BeGreaterThan(Net.SqnrDb(expected, Net.Run(result.Model, [net.Input(0)], []).Single()["y"]) + 5);
    }

    [Fact]
    public void Silu_behind_a_convolution_is_one_operator_where_the_compiler_fuses_swish()
    {
        var net = new Net(13, 1, 3, 6, 6).Conv("x", "c", 3, 4).Node("Sigmoid", "c", "s").Node("Mul", "c s", "m").Conv("m", "y", 4, 2).Output("y");
        Lower(net, Profile("rk3588")).Qdq.Where(q => q.Kind == "activation").Select(q => q.Source).Should().Equal("x", "m", "y");
        Lower(net, Profile("rk1808")).Qdq.Where(q => q.Kind == "activation").Select(q => q.Source).Should().Equal("x", "c", "s", "m", "y");
        var kept = Lower(net, Profile("rk3588"), "Sigmoid_s");
        kept.KeptFloat.Should().Equal("Conv_c", "Sigmoid_s", "Mul_m");
        kept.Cost.FloatLayers.Should().Equal("Conv_c");
    }

    [Fact]
    public void Last_convolutions_of_the_bpu_give_their_sums_and_what_follows_is_float()
    {
        var net = new Net(13, 1, 3, 6, 6).Conv("x", "c", 3, 4).Node("Relu", "c", "r").Conv("r", "o", 4, 2).Node("Sigmoid", "o", "y").Output("y");
        Lower(net, Profile("bpu")).Qdq.Where(q => q.Kind == "activation").Select(q => q.Source).Should().Equal("x", "r");
        Lower(net, Profile("bpu", ("output-layers", "int8"))).Qdq.Where(q => q.Kind == "activation").Select(q => q.Source).Should().Equal("x", "r", "o", "y");
        Lower(net, Profile("bpu", ("input-scale", "1/128"))).Qdq.Single(q => q.Source == "x").Scales.Should().Equal(1.0 / 128);
    }

    [Fact]
    public void Fixed_point_scales_are_powers_of_two_and_a_narrow_bias_saturates_by_name()
    {
        var net = new Net(13, 1, 3, 6, 6).Conv("x", "y", 3, 4).Output("y");
        net.Constant("y_b", [1e6f, 1, 2, 3], 4);
        var result = Lower(net, Profile("rk1808-dfp8", ("bias", "int16")));
        result.Qdq.SelectMany(q => q.Scales).Should().OnlyContain(s => Math.Log2(s) == Math.Round(Math.Log2(s)));
        result.Model.Graph.Initializer("y_b/codes")!.Span<int>()[0].Should().Be(32767);
        result.Notes.Should().Contain("bias codes saturated at 16 bits: y_b");
        Lower(net, Profile("rk1808-dfp16")).Qdq.Should().OnlyContain(q => q.Type == ElementType.Int16);
    }

    [Fact]
    public void Float_targets_and_kept_layers_cost_what_the_profile_says()
    {
        var net = new Net(13, 1, 3, 8, 8).Conv("x", "c", 3, 8).Node("Relu", "c", "r").Conv("r", "y", 8, 4, 1).Output("y");
        Lower(net, Profile("tensorrt-fp16")).Cost.Should().Match<CostRecord>(c => c.Relative == 2 && c.QuantizedMacShare == null && c.FloatLayers.Length == 2);
        var kept = Lower(net, Profile("tensorrt"), "Conv_y").Cost;
        kept.FloatLayers.Should().Equal("Conv_y");
        kept.Relative.Should().BeApproximately(27.0 / 31 + 4.0 / 31 * 4, 1e-12);
    }
}
