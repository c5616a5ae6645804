using Parity.Core;

namespace Parity.Lowering.Tests;

public class ProfileTests
{
    [Fact]
    public void Every_target_of_the_product_is_listed_once() =>
        TargetProfiles.All.Select(p => p.Name).Should().Equal("tensorrt", "tensorrt-fp32", "tensorrt-fp16", "rk1808");

    [Fact]
    public void Every_profile_names_its_sources_and_how_exact_it_is()
    {
        foreach (var profile in TargetProfiles.All)
        {
            profile.Sources.Should().NotBeEmpty();
            profile.Exactness.Should().Contain(c => c.Operators.Contains("*"), "what is not named is named too");
            profile.Exactness.Should().OnlyContain(c => c.Source.Length > 0 && (c.Exactness.StartsWith("Exact") || c.Exactness.StartsWith("Lsb(")
                || c.Exactness.StartsWith("Relative(") || c.Exactness.StartsWith("Unknown")));
        }
    }

    [Fact]
    public void An_unknown_target_lists_the_known_ones() =>
        FluentActions.Invoking(() => TargetProfiles.Named("tpu", "suite.yaml:3")).Should().Throw<FaultException>()
            .Which.Faults.Single().Remedy.Should().Be("Take one of tensorrt, tensorrt-fp32, tensorrt-fp16, rk1808.");

    /// <summary>A chip nobody wrote code for: int16 per tensor, pairs behind operators, int32 bias.</summary>
    [Fact]
    public void Another_chip_is_another_value()
    {
        var rk = TargetProfiles.Named("rk1808", "");
        var format = new NumberFormat(ElementType.Int16, ScaleRule.AbsoluteMaximum, Granularity.PerTensor, -32767, 32767, Rounding.HalfAwayFromZero, ZeroPointPlacement.AfterRounding);
        var profile = rk with { Name = "int16", Quantization = rk.Quantization! with { Activations = format, Weights = format with { Granularity = Granularity.PerChannel } } };
        var net = new Net(21, 1, 3, 8, 8).Conv("x", "c", 3, 8).Node("Relu", "c", "r").Conv("r", "y", 8, 4, 1).Output("y");
        var result = Lowerer.Lower(net.Model, new LoweringPlan(profile, "min-max", 0, []), net.Stream());
        result.Qdq.Where(q => q.Kind == "bias").Should().OnlyContain(q => q.Axis == 0 && q.Type == ElementType.Int32);
        Net.SqnrDb(Net.Run(net.Model, [net.Input(0)], []).Single()["y"], Net.Run(result.Model, [net.Input(0)], []).Single()["y"]).Should().BeGreaterThan(75);
    }
}
