using Parity.Core;

namespace Parity.Lowering.Tests;

public class ProfileTests
{
    [Fact]
    public void Every_target_of_the_product_is_listed_once() =>
        TargetProfiles.All.Select(p => p.Name).Should().Equal(
            "tensorrt", "tensorrt-implicit", "tensorrt-fp32", "tensorrt-fp16", "rk1808", "rk1808-dfp8", "rk1808-dfp16", "rk3588", "rk3588-fp16", "mlu220", "mlu220-int16",
            "hi3559", "hi3559-16bit", "t40", "cuda-w8a8", "bpu", "bpu-int16");

    [Fact]
    public void Every_profile_names_its_sources_and_how_exact_it_is()
    {
        foreach (var profile in TargetProfiles.All)
        {
            profile.Sources.Should().NotBeEmpty();
            profile.Exactness[^1].Operators.Should().Equal(["*"], "what is not named is named too");
            profile.Exactness.Should().OnlyContain(c => c.Source.Contains('[') && c.Why.Length > 0, $"{profile.Name}: a claim has an evidence tag");
            profile.Compiler.Limits.Should().NotContain(l => !l.Source.Contains('['));
            profile.Flags.Should().NotContain(f => !f.Source.Contains('[') || f.Choices.Length < 2);
            profile.Flags.Select(f => f.Name).Should().OnlyHaveUniqueItems();
            profile.Cost.Source.Should().Contain("[");
        }
    }

    [Fact]
    public void An_unknown_target_lists_the_known_ones() =>
        FluentActions.Invoking(() => TargetProfiles.Named("tpu", "suite.yaml:3")).Should().Throw<FaultException>()
            .Which.Faults.Single().Remedy.Should().StartWith("Take one of tensorrt, tensorrt-implicit, ");

    [Fact]
    public void Every_choice_of_a_flag_changes_the_profile_and_only_the_default_leaves_its_rules()
    {
        foreach (var profile in TargetProfiles.All)
        {
            foreach (var flag in profile.Flags)
            {
                foreach (var choice in flag.Choices)
                {
                    var faults = new FaultList();
                    var set = profile.With([new(flag.Name, choice.Value)], "test", faults);
                    faults.Count.Should().Be(0);
                    set.Flags.Single(f => f.Name == flag.Name).Value.Should().Be(choice.Value);
                    (set.Quantization == profile.Quantization).Should().Be(choice == flag.Choices[0], $"{profile.Name} {flag.Name}={choice.Value}");
                }
            }
        }
    }

    [Fact]
    public void A_wrong_flag_and_a_wrong_choice_are_both_told()
    {
        var faults = new FaultList();
        TargetProfiles.Named("rk3588", "").With([new("tie-rule", "up"), new("ties", "half-even")], "suite.yaml:9", faults);
        FluentActions.Invoking(faults.ThrowIfAny).Should().Throw<FaultException>().Which.Faults.Select(f => f.Remedy).Should().Equal(
            "Choose half-away or half-even.", "Its flags: tie-rule, weights, weight-symmetry, zero-point.");
    }

    /// <summary>A chip nobody wrote code for: int16 per tensor, pairs behind operators, int32 bias.</summary>
    [Fact]
    public void Another_chip_is_another_value()
    {
        var rk = TargetProfiles.Named("rk1808", "");
        var format = new NumberFormat
        {
            Bits = 16, Sign = Sign.Signed, Symmetry = Symmetry.Symmetric, Granularity = Granularity.PerTensor, Scale = ScaleForm.Float,
            CodeLow = -32767, CodeHigh = 32767, Rounding = Rounding.HalfAwayFromZero,
        };
        var profile = rk with { Name = "int16", Quantization = rk.Quantization! with { Activations = format, Weights = format with { Granularity = Granularity.PerChannel } } };
        var net = new Net(21, 1, 3, 8, 8).Conv("x", "c", 3, 8).Node("Relu", "c", "r").Conv("r", "y", 8, 4, 1).Output("y");
        var result = Lowerer.Lower(net.Model, new LoweringPlan(profile, "min-max", 0, []), net.Stream());
        result.Qdq.Where(q => q.Kind == "bias").Should().OnlyContain(q => q.Axis == 0 && q.Type == ElementType.Int32);
        Net.SqnrDb(Net.Run(net.Model, [net.Input(0)], []).Single()["y"], Net.Run(result.Model, [net.Input(0)], []).Single()["y"]).Should().BeGreaterThan(75);
    }
}
