using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Ranges;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Tests.Ranges;

public sealed class RangeFileTests
{
    /// <summary>3c010204 is 0.0078740157 = 1/127 in float32; 3f800000 is 1. A short number lacks leading zeros; names may hold colons.</summary>
    [Fact]
    public void A_calibration_cache_holds_scales_in_hex()
    {
        RangeTable table = RangeFile.Parse("TRT-8501-EntropyCalibration2\r\nimages: 3c010204\r\n(Unnamed Layer* 3): out:0: 3f800000\nalways_zero: 0\n\n", "c.cache");
        table.Ranges.Select(r => r.Tensor).Should().Equal("images", "(Unnamed Layer* 3): out:0", "always_zero");
        table.Ranges[0].Range.Max.Should().BeApproximately(1, 1e-6f);
        table.Ranges[1].Range.Should().Be(new ValueRange(-127, 127));
        table.Ranges[2].Range.Should().Be(new ValueRange(0, 0));
    }

    [Fact]
    public void Dynamic_ranges_and_json_hold_largest_magnitudes()
    {
        RangeFile.Parse("gpu_0/data_0: 1.5\ngpu_0/conv1_1: 5.25e1\n", "d.txt").Ranges
            .Should().Equal(new NamedRange("gpu_0/data_0", new ValueRange(-1.5f, 1.5f)), new NamedRange("gpu_0/conv1_1", new ValueRange(-52.5f, 52.5f)));
        RangeFile.Parse("""{"tensorrt": {"blob_range": {"x": 2.5}}}""", "d.json").Ranges.Should().Equal(new NamedRange("x", new ValueRange(-2.5f, 2.5f)));
    }

    /// <summary>As toolkit 2 and toolkit 1 lay it out; weights with a value per channel are passed over.</summary>
    [Fact]
    public void An_rknn_config_holds_extremes_or_scale_and_zero_point()
    {
        RangeFile.Parse("""
            custom_quantize_layers: {}
            quantize_parameters:
                images:
                    qtype: asymmetric_quantized
                    qmethod: layer
                    dtype: int8
                    min: [0.0]
                    max:
                    - 255.0
                    scale: [1.0]
                    zero_point: [-128]
                conv.weight:
                    qmethod: channel
                    min: [-1.0, -2.0]
                    max: [1.0, 2.0]
            """, "m.quantization.cfg").Ranges.Should().Equal(new NamedRange("images", new ValueRange(0, 255)));
        RangeFile.Parse("""
            customized_quantize_layers: {}
            quantize_parameters:
              '@Conv_12:out0':
                dtype: asymmetric_affine
                method: layer
                qtype: u8
                scale: [0.5]
                zero_point: [100]
            """, "m.quantization.cfg").Ranges.Should().Equal(new NamedRange("Conv_12", new ValueRange(-50, 77.5f)));
    }

    [Fact]
    public void A_cambricon_prototxt_holds_positions_and_scales()
    {
        ImmutableArray<NamedRange> ranges = RangeFile.Parse("""
            name: "net"
            layer {
              name: "conv1"  # the first
              bottom: "data"
              top: "conv1"
              convolution_param { num_output: 8 kernel_size: 3 }
              blobs_dtype { type: DT_INT8 position: -7 scale: 1.5 }
              bottom_mlu_dtype { type: DT_INT8 position: -3 scale: 1.5875 }
            }
            layer { bottom: "conv1" bottom_mlu_dtype { type: DT_INT16 position: -10 } }
            """, "q.prototxt").Ranges;
        // 127 x 2^-3 / 1.5875 = 10; 32767 x 2^-10 = 31.999.
        ranges.Select(r => r.Tensor).Should().Equal("data", "conv1");
        ranges[0].Range.Max.Should().BeApproximately(10, 1e-5f);
        ranges[1].Range.Max.Should().Be(32767f / 1024);
    }

    [Theory]
    [InlineData("TRT-1\na: zz\nb: 3f800000\nnothing\nc: 7f800000", "f:2", "f:4", "f:5")]
    [InlineData("a: 1\nb 2\nc: -1\nd: NaN", "f:2", "f:3", "f:4")]
    [InlineData("{\"tensorrt\": {\"blob_range\": {\n\"a\": \"x\",\n\"b\": -1}}}", "f:2 tensorrt.blob_range.a", "f:3 tensorrt.blob_range.b")]
    [InlineData("quantize_parameters:\n  a:\n    min: 2\n    max: 1\n  b: 3\n  c:\n    scale: 0\n    zero_point: 0", "f:3 quantize_parameters.a", "f:5 quantize_parameters.b", "f:7 quantize_parameters.c")]
    [InlineData("layer {\n bottom_mlu_dtype { position: 1 }\n}\nlayer { bottom: \"a\"\n bottom_mlu_dtype { type: DT_INT8 position: x }\n}\nlayer { bottom: \"a\"\n bottom_mlu_dtype { position: 0 scale: -1 }", "f:1", "f:5", "f:8", "f:7")]
    public void Every_mistake_is_named_with_its_line(string text, params string[] where)
    {
        FaultException e = FluentActions.Invoking(() => RangeFile.Parse(text, "f")).Should().Throw<FaultException>().Which;
        e.Faults.Select(f => f.Where).Should().BeEquivalentTo(where);
    }

    [Fact]
    public void Two_ranges_for_one_tensor_and_an_empty_file_are_mistakes()
    {
        FluentActions.Invoking(() => RangeFile.Parse("a: 1\na: 2", "f")).Should().Throw<FaultException>().WithMessage("*'a' has 2 ranges*");
        FluentActions.Invoking(() => RangeFile.Parse("", "f")).Should().Throw<FaultException>().WithMessage("*no range is in it*");
    }

    public static TheoryData<string, string> Written => new()
    {
        { "trt-cache", "tensorrt" }, { "trt-dynamic-ranges", "tensorrt" }, { "trt-json", "tensorrt" }, { "rknn-cfg", "tensorrt" }, { "rknn-cfg", "rk1808" }, { "cambricon-prototxt", "tensorrt" },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void Ranges_that_are_written_and_read_give_the_same_model(string format, string target)
    {
        LoweringResult first = Lower(target, null);
        string text = RangeFile.Write(first, format);
        RangeTable table = RangeFile.Parse(text, "written");
        table.Ranges.Select(r => r.Tensor).Should().BeEquivalentTo("x", "a", "b");
        LoweringResult second = Lower(target, table);
        foreach ((QdqRecord before, QdqRecord after) in first.Qdq.Zip(second.Qdq))
        {
            after.ZeroPoints.Should().Equal(before.ZeroPoints);
            after.Scales[0].Should().BeApproximately(before.Scales[0], 2e-7 * before.Scales[0]);
        }
        if (format is "trt-cache")
            second.Model.ToBytes().Should().Equal(first.Model.ToBytes());
    }

    [Fact]
    public void Zero_points_do_not_fit_a_symmetric_format() =>
        FluentActions.Invoking(() => RangeFile.Write(Lower("rk1808", null), "trt-cache")).Should().Throw<FaultException>().WithMessage("*symmetric scales alone*");

    [Fact]
    public void Every_format_has_a_name_of_its_own_and_recognises_what_it_writes()
    {
        RangeFile.Formats.Select(f => f.Name).Should().OnlyHaveUniqueItems();
        foreach (RangeFormat format in RangeFile.Formats)
            RangeFile.Formats.First(f => f.Recognises(RangeFile.Write(Lower("tensorrt", null), format.Name))).Should().Be(format);
    }

    /// <summary>Three convolutions in a row; the values are made up here, since what matters is what happens to their ranges.</summary>
    private static LoweringResult Lower(string target, RangeTable? ranges)
    {
        OnnxModel model = OnnxModel.Create(13);
        model.Graph.AddInput("x", TensorType.Float32, [1, 2, 3, 3]);
        foreach ((string input, string output) in new[] { ("x", "a"), ("a", "b"), ("b", "y") })
        {
            model.Graph.SetInitializer($"{output}_w", Tensor.Create([0.5f, -1, 0.25f, 1], 2, 2, 1, 1));
            model.Graph.Add(new Node("Conv", [input, $"{output}_w"], [output], output + "_conv"));
        }
        model.Graph.AddOutput("y", TensorType.Float32);
        var plan = new LoweringPlan(TargetProfiles.Named(target, ""), Calibrators.MinMax, 0, []) { Options = CalibrationOptions.Default with { Ranges = ranges } };
        LoweringResult lowered = Lowerer.Lower(model, plan, (_, taps) => [taps.ToDictionary(t => t, t => Tensor.Create(Values(t), 1, 2, 3, 3))]);
        return lowered with { Qdq = [.. lowered.Qdq.Where(q => q.Kind == "activation" && q.Tensor is "x" or "a" or "b")] };
    }

    private static float[] Values(string tensor) => [.. Enumerable.Range(0, 18).Select(i => MathF.Sin(i * 1.7f + tensor[0]) * (tensor[0] - 95))];
}
