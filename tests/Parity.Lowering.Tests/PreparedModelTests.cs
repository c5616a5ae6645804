using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering.Tests;

public class PreparedModelTests
{
    /// <summary>Folded batch norms, a fused activation, a residual sum, a join and an operator of its own.</summary>
    private static Net Joined() => new Net(13, 1, 3, 8, 8).Conv("x", "a0", 3, 6).BatchNorm("a0", "a", 6).Node("Relu", "a", "r").Conv("r", "b", 6, 6).Node("Add", "b r", "s")
        .Node("Relu", "s", "t").Conv("t", "c", 6, 4, 1).Node("Sigmoid", "c", "g").Node("Concat", "g t", "j", n => n.Set("axis", 1L)).Conv("j", "y", 10, 4, 1).Output("y");

    public static TheoryData<string, string> Quantizing => [.. from p in TargetProfiles.All where p.Quantization is not null from c in new[] { Calibrators.MinMax, Calibrators.Percentile } select (p.Name, c)];

    [Theory]
    [MemberData(nameof(Quantizing))]
    public void Every_choice_gives_the_very_model_that_lowering_with_it_gives(string profile, string calibrator)
    {
        var net = Joined();
        var plan = new LoweringPlan(TargetProfiles.Named(profile, ""), calibrator, 99.9, []);
        var prepared = Lowerer.Prepare(net.Model, plan, net.Stream());
        var int16 = plan.Profile.Quantization!.Int16 is null ? ImmutableArray<string>.Empty : ["Conv_b"];
        ImmutableArray<(ImmutableArray<string> Float, ImmutableArray<string> Half, ImmutableArray<string> Int16)> choices =
        [
            ([], [], []), (["Conv_b"], [], []), (["Concat_j"], ["Conv_y"], []), (["Relu_r"], [], int16), ([.. prepared.Layers.Skip(1).Select(l => l.Name)], [], []),
            ([.. prepared.Layers.Select(l => l.Name)], [], []), ([], ["Sigmoid_g", "Conv_c"], []), ([], [], []),
        ];
        foreach (var (keep, half, wide) in choices)
        {
            var switched = prepared.With(keep, half, wide);
            var lowered = Lowerer.Lower(net.Model, plan with { KeepFloat = keep, Float16 = half, Int16 = wide }, net.Stream());
            switched.Model.ToBytes().Should().Equal(lowered.Model.ToBytes(), $"{profile} with {string.Join(' ', keep)} | {string.Join(' ', half)} | {string.Join(' ', wide)}");
            switched.Should().BeEquivalentTo(lowered, o => o.Excluding(r => r.Model).Excluding(r => r.Float).ComparingByMembers<LoweringResult>());
        }
    }

    [Fact]
    public void Layers_have_the_names_that_plans_know_and_one_each_for_what_is_fused()
    {
        var net = Joined();
        PreparedModel On(string profile) => Lowerer.Prepare(net.Model, new LoweringPlan(TargetProfiles.Named(profile, ""), Calibrators.MinMax, 0, []), net.Stream());
        On("tensorrt").Layers.Select(l => l.Name).Should().Equal("Conv_a0", "Conv_b", "Add_s", "Conv_c", "Conv_y");
        On("rk1808").Layers.Select(l => l.Name).Should().Equal("Conv_a0", "Conv_b", "Add_s", "Relu_t", "Conv_c", "Sigmoid_g", "Concat_j", "Conv_y");
    }

    [Fact]
    public void With_every_layer_kept_nothing_is_quantized()
    {
        var net = Joined();
        foreach (var profile in TargetProfiles.All.Where(p => p.Quantization is not null))
        {
            var prepared = Lowerer.Prepare(net.Model, new LoweringPlan(profile, Calibrators.MinMax, 0, []), net.Stream());
            prepared.With([.. prepared.Layers.Select(l => l.Name)], [], []).Qdq.Should().BeEmpty(profile.Name);
        }
    }

    [Fact]
    public void A_tensor_that_is_not_finite_is_a_fault_only_when_a_quantizer_would_stand_on_it()
    {
        // log(0) is minus infinity, which only an operator in float reads.
        var net = new Net(13, 1, 3, 8, 8).Conv("x", "a", 3, 4).Node("Relu", "a", "r").Node("Log", "r", "l").Node("Exp", "l", "e").Conv("e", "y", 4, 2, 1).Output("y");
        var prepared = Lowerer.Prepare(net.Model, new LoweringPlan(TargetProfiles.Named("tensorrt", ""), Calibrators.MinMax, 0, []), net.Stream());
        prepared.With([], [], []).Qdq.Should().NotBeEmpty();
        var unfit = new Net(13, 1, 3, 8, 8).Conv("x", "a", 3, 4).Node("Relu", "a", "r").Node("Log", "r", "l").Node("Sigmoid", "l", "s").Conv("s", "y", 4, 2, 1).Output("y");
        prepared = Lowerer.Prepare(unfit.Model, new LoweringPlan(TargetProfiles.Named("rk1808", ""), Calibrators.MinMax, 0, []), unfit.Stream());
        prepared.Invoking(p => p.With([], [], [])).Should().Throw<FaultException>().Which.Faults[0].Where.Should().Be("tensor l");
        prepared.With(["Sigmoid_s"], [], []).Qdq.Should().NotBeEmpty();
    }
}
