using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

public class FusionTests
{
    private static TargetProfile Profile(FusionRule fusion, ScaleSharing concat = ScaleSharing.None, ScaleSharing add = ScaleSharing.None)
    {
        var profile = TargetProfiles.Named("rk1808", "");
        var rules = profile.Quantization!;
        return profile with
        {
            Quantization = rules with
            {
                Fusions = [fusion],
                Operators = [.. rules.Operators.Select(r => r.OpType switch { "Concat" => r with { Sharing = concat }, "Add" => r with { Sharing = add }, _ => r })],
            },
        };
    }

    private static LoweringResult Lower(Net net, FusionRule fusion, params string[] keep) =>
        Lowerer.Lower(net.Model, new LoweringPlan(Profile(fusion), Calibrators.MinMax, 0, [.. keep]), net.Stream());

    private static string[] Quantized(LoweringResult result) => [.. result.Qdq.Where(q => q.Kind == "activation").Select(q => q.Tensor).Order(StringComparer.Ordinal)];

    [Fact]
    public void Silu_joins_the_convolution_in_front_of_it()
    {
        Net net = new Net(13, 1, 3, 6, 6).Conv("x", "c", 3, 4).Node("Sigmoid", "c", "s").Node("Mul", "c s", "m").Conv("m", "d", 4, 4).Node("Sigmoid", "d", "t").Node("Mul", "t d", "y").Output("y");
        var result = Lower(net, new FusionRule(["Conv"], [FusionRule.Silu]));
        Quantized(result).Should().Equal("m", "x", "y/float");
        result.Map.Unmatched.Where(u => u.Reason == "fused activation").Select(u => u.Tensor).Should().BeEquivalentTo("c", "s", "d", "t");
        Quantized(Lower(net, new FusionRule(["Conv"], ["Relu"]))).Should().Equal("c", "d", "m", "s", "t", "x", "y/float");
    }

    [Fact]
    public void What_others_read_between_is_not_joined()
    {
        var fusion = new FusionRule(["Conv"], [FusionRule.Silu, "Relu"], Add: true);
        Quantized(Lower(new Net(13, 1, 3, 6, 6).Conv("x", "c", 3, 4).Node("Sigmoid", "c", "s").Node("Mul", "c s", "m").Node("Add", "m s", "y").Output("y"), fusion)).Should().Equal("c", "m", "s", "x", "y/float");
        Quantized(Lower(new Net(13, 1, 3, 6, 6).Conv("x", "c", 3, 4).Node("Relu", "c", "r").Node("Add", "r c", "y").Output("y"), fusion)).Should().Equal("c", "r", "x", "y/float");
    }

    [Fact]
    public void An_add_and_its_activation_join_the_convolution_and_the_other_branch_is_data()
    {
        var fusion = new FusionRule(["Conv"], ["Relu"], Add: true);
        var net = new Net(13, 1, 3, 6, 6).Conv("x", "c", 3, 3).Conv("c", "d", 3, 3).Node("Add", "d c", "a").Node("Relu", "a", "y").Output("y");
        var result = Lower(net, fusion);
        Quantized(result).Should().Equal("c", "x", "y/float");
        result.Model.Graph.ProducerOf("a")!.Inputs.Should().Equal("d", "c/dq");
        result.Map.Rows.Select(r => (r.Reference[^1], r.Precision)).Should().Equal(("c", "uint8"), ("y", "uint8"));

        var kept = Lower(net, fusion, "Relu_y");
        kept.KeptFloat.Should().Equal("Conv_d", "Add_a", "Relu_y");
        Quantized(kept).Should().Equal("c", "x");
    }

    [Fact]
    public void RK3588_makes_one_operator_of_a_convolution_its_sum_and_a_ReLU()
    {
        var net = new Net(13, 1, 3, 6, 6).Conv("x", "c", 3, 3).Conv("c", "d", 3, 3).Node("Add", "d c", "a").Node("Relu", "a", "y").Output("y");
        Quantized(net.Lower("rk3588")).Select(t => t.Split('/')[0]).Distinct().Should().Equal("c", "x", "y");
    }

    [Fact]
    public void Of_two_convolutions_the_later_one_takes_the_add()
    {
        var net = new Net(13, 1, 3, 6, 6).Conv("x", "c", 3, 3).Conv("x", "d", 3, 3).Node("Add", "d c", "y").Output("y");
        Quantized(Lower(net, new FusionRule(["Conv"], [], Add: true))).Should().Equal("c", "x", "y/float");
    }

    [Fact]
    public void Concat_and_add_share_scales_where_the_target_demands_it()
    {
        var net = new Net(13, 1, 3, 6, 6).Conv("x", "c", 3, 3).Conv("x", "d", 3, 3).Conv("x", "e", 3, 6).Node("Concat", "c d", "k", n => n.Set("axis", 1L)).Node("Add", "k e", "y").Output("y");
        LoweringResult With(ScaleSharing concat, ScaleSharing add) =>
            Lowerer.Lower(net.Model, new LoweringPlan(Profile(new FusionRule(["Conv"], []), concat, add), Calibrators.MinMax, 0, []), net.Stream());
        int Scales(LoweringResult result, params string[] tensors) => result.Qdq.Where(q => tensors.Contains(q.Tensor)).Select(q => (q.Scales[0], q.ZeroPoints[0])).Distinct().Count();

        Scales(With(ScaleSharing.None, ScaleSharing.None), "c", "d", "k").Should().Be(3);
        Scales(With(ScaleSharing.Inputs, ScaleSharing.None), "c", "d").Should().Be(1);
        var moved = With(ScaleSharing.InputsAndOutput, ScaleSharing.None);
        Scales(moved, "c", "d", "k").Should().Be(1);
        var run = Net.Run(moved.Model, [net.Input(1)], ["k", "k/dq"]).Single();
        run["k/dq"].Span<float>().ToArray().Should().Equal(run["k"].Span<float>().ToArray(), "codes are moved");
        Scales(With(ScaleSharing.InputsAndOutput, ScaleSharing.Inputs), "c", "d", "k", "e").Should().Be(1, "what is alike by one operator and by another is alike");
    }
}
