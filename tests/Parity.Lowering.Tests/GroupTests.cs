using Parity.Core;

namespace Parity.Lowering.Tests;

/// <summary>Weights with a scale for every few input channels, against a computation by hand.</summary>
public sealed class GroupTests
{
    private static LoweringResult Lower(Net net, Granularity granularity, int size)
    {
        var tensorrt = TargetProfiles.Named("tensorrt", "");
        var weights = tensorrt.Quantization!.Weights with { Bits = 4, CodeLow = -7, CodeHigh = 7, Granularity = granularity, GroupSize = size };
        var profile = tensorrt with { Name = "w4a8", Quantization = tensorrt.Quantization with { Weights = weights, Bias = BiasRule.Int32AtProduct } };
        return Lowerer.Lower(net.Model, new LoweringPlan(profile, Calibrators.MinMax, 0, []), net.Stream());
    }

    [Fact]
    public void Every_group_of_input_channels_has_the_scale_of_its_own_largest_weight()
    {
        const int outputs = 4, inputs = 8, kernel = 9, size = 3;
        var net = new Net(13, 1, inputs, 6, 6).Conv("x", "y", inputs, outputs).Output("y");
        float[] weights = net.Graph.Initializer("y_w")!.Span<float>().ToArray();
        var result = Lower(net, Granularity.PerGroup, size);

        var expected = new float[weights.Length];
        for (int o = 0; o < outputs; o++)
        {
            for (int group = 0; group * size < inputs; group++)
            {
                int first = (o * inputs + group * size) * kernel, count = Math.Min(size, inputs - group * size) * kernel;
                float scale = weights.AsSpan(first, count).ToArray().Max(Math.Abs) / 7;
                for (int i = first; i < first + count; i++)
                    expected[i] = MathF.Round(weights[i] / scale) * scale;
            }
        }
        result.Model.Graph.Initializer("y_w/dq")!.Span<float>().ToArray().Should().Equal(expected);
        (result.QuantizedMacShare, result.Emulated.Constants.Single()).Should().Be((1, "y_w/dq"));
        result.Map.Rows.Single(r => r.Reference[^1] == "y").Precision.Should().Be("int8", "the wider of the two operands");
    }

    [Fact]
    public void Smaller_groups_lose_less_and_one_group_of_all_is_one_scale_a_channel()
    {
        var net = new Net(13, 1, 16, 6, 6).Conv("x", "a", 16, 16).Node("Relu", "a", "r").Conv("r", "y", 16, 8, 1).Output("y");
        Tensor x = net.Input(3), reference = Net.Run(net.Model, [x], []).Single()["y"];
        Tensor Run(Granularity granularity, int size) => Net.Run(Lower(net, granularity, size).Model, [x], []).Single()["y"];

        Net.SqnrDb(reference, Run(Granularity.PerGroup, 4)).Should().BeGreaterThan(Net.SqnrDb(reference, Run(Granularity.PerChannel, 0)) + 1);
        // Its bias has no codes, all else is the same.
        Net.SqnrDb(Run(Granularity.PerChannel, 0), Run(Granularity.PerGroup, 16)).Should().BeGreaterThan(50);
    }
}
