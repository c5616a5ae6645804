using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Tests.Diagnosing;

/// <summary>Rules that look at several quantizers, at weights or at the metric: a planted fault is found at its place, and the same case without it is silent.</summary>
public sealed class JoinedRuleTests
{
    [Theory]
    [InlineData(0.02, false)]
    [InlineData(0.64, true)]
    public void Inputs_of_an_Add_whose_scales_differ_more_than_their_values_are_unlike(double scale, bool found)
    {
        var small = new SmallCase();
        small.Branch("u", scale, reach: 2);
        small.Graph.Add(new Node("Add", ["t/dq", "u/dq"], ["j"], "join"));
        Found(small, "unlike-scales").Should().BeEquivalentTo(found ? ["join"] : Array.Empty<string>());
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(0.01, true)]
    public void A_branch_of_a_Concat_that_reaches_no_four_steps_of_the_joined_tensor_is_lost(double reach, bool found)
    {
        var small = new SmallCase();
        small.Branch("u", reach / 127, reach);
        small.Graph.Add(new Node("Concat", ["t/dq", "u/dq"], ["j"], "join").Set("axis", 1L));
        small.Quantize("j", "j", 0.02, -2, 2);
        small.Graph.Add(new Node("AveragePool", ["j/dq"], ["p"], "pool2").Set("kernel_shape", [2L, 2]));
        Found(small, "unlike-scales").Should().BeEquivalentTo(found ? ["join"] : Array.Empty<string>());
    }

    [Theory]
    [InlineData(1.5, false)]
    [InlineData(0.4, true)]
    public void Two_results_of_one_stored_scale_must_reach_alike(double reach, bool found)
    {
        var small = new SmallCase();
        small.Branch("u", 0.02, reach, ofOne: "scale");
        Found(small, "reused-operator").Should().BeEquivalentTo(found ? ["u/conv"] : Array.Empty<string>());
    }

    [Fact]
    public void Four_quantizers_of_one_number_have_seen_no_data()
    {
        var small = new SmallCase();
        foreach (string branch in new[] { "u", "v", "w2" })
            small.Branch(branch, 0.02, 2);
        small.Diagnose()[0].Should().Match<Finding>(f => f.Rule == "uncalibrated" && f.Node == null && f.Certainty == Certainty.Certain);
    }

    [Theory]
    [InlineData(127, false)]
    [InlineData(600, true)]
    public void Pictures_beyond_their_range_and_others_that_do_not_fit_are_unlike_the_calibration_set(double brightest, bool found)
    {
        var small = new SmallCase();
        small.Quantize("x", "x", 1.01, 0, brightest);
        small.Branch("u", 0.03, reach: 0.03 * 127 * 1.3);
        small.Branch("v", 0.05, reach: 0.05 * 127 * 1.3);
        small.Diagnose().Where(f => f.Rule == "calibration-unlike" && f.Node is null).Should().HaveCount(found ? 1 : 0);
    }

    [Fact]
    public void Channels_of_weights_without_codes_are_found_by_what_they_cost_or_when_they_are_nearly_all()
    {
        var two = new SmallCase("rk1808");
        two.Weights(127, 100, 2, 1);
        two.Errors = [SmallCase.Error("t", 0.98, 0.05)];
        Found(two, "channel-spread").Should().Equal("conv");
        two.Errors = [SmallCase.Error("t", 0.9999, 1e-4)];
        two.Diagnose().Should().BeEmpty("half of the channels are small, and their layer hardly minds");

        var three = new SmallCase("rk1808") { Errors = [SmallCase.Error("t", 0.9999, 1e-4)] };
        three.Weights(127, 1, 2, 1);
        Found(three, "channel-spread").Should().Equal("conv");
    }

    [Theory]
    [InlineData(127, false)]
    [InlineData(8, true)]
    public void Weights_that_use_a_sixteenth_of_their_codes_have_too_wide_a_range(int largest, bool found)
    {
        var small = new SmallCase();
        small.Weights((sbyte)largest, (sbyte)-largest, (sbyte)largest, (sbyte)largest);
        Found(small, "range-too-wide").Should().BeEquivalentTo(found ? ["conv"] : Array.Empty<string>());
    }

    [Fact]
    public void An_output_in_codes_is_told_on_a_target_that_leaves_outputs_in_float()
    {
        var small = new SmallCase();
        small.Graph.Remove(small.Graph.NodeNamed("pool")!);
        small.Graph.Remove(small.Graph.NodeNamed("act")!);
        small.Graph.Add(new Node("Transpose", ["t/dq"], ["y"], "last"));
        Found(small, "output-quantized").Should().Equal("conv");
    }

    [Fact]
    public void A_TopK_of_fewer_is_another_contract()
    {
        OnnxModel reference = new SmallCase().Model;
        var small = new SmallCase { Float = reference };
        TopK(reference.Graph, 300);
        TopK(small.Graph, 300);
        small.Diagnose().Should().BeEmpty();
        small.Graph.SetInitializer("k", Tensor.Create(new long[] { 100 }, 1));
        Found(small, "contract-differs").Should().Equal("top");

        static void TopK(Graph graph, long k)
        {
            graph.SetInitializer("k", Tensor.Create(new[] { k }, 1));
            graph.Add(new Node("TopK", ["a", "k"], ["best", "places"], "top"));
        }
    }

    [Fact]
    public void Values_at_the_end_of_their_codes_are_what_a_quantizer_leaves_of_infinity() =>
        // The reference's root mean square is .18, the target's 1.6 of at most 2.56.
        Found(new SmallCase { Layers = [SmallCase.Layer("t", 0.7, 64, mse: 2.1)] }, "non-finite").Should().Equal("conv");

    [Fact]
    public void A_target_without_any_quantizer_quantizes_nothing()
    {
        var small = new SmallCase();
        TargetCase built = small.Build();
        built = built with { Target = built.Target with { Qdq = [], QuantizedMacShare = null } };
        Diagnosis.Of(built, DiagnosisRules.All).Should().ContainSingle().Which.Should().Match<Finding>(f => f.Rule == "equal-to-float" && f.Certainty == Certainty.Certain);
        Diagnosis.Of(built with { Profile = TargetProfiles.Named("tensorrt-fp16", "test") }, DiagnosisRules.All).Should().BeEmpty("a target of floats owes no codes");
    }

    [Theory]
    [InlineData(0.03, 0.02, true)]
    [InlineData(0.003, 0.001, false)]
    [InlineData(0.03, -0.001, false)]
    public void Only_where_the_metric_surely_loses_are_the_layers_named_that_lose_most(double drop, double lower, bool found)
    {
        var small = new SmallCase { Errors = [SmallCase.Error("t", 0.999, 2e-3), SmallCase.Error("a", 0.9999, 1e-5)] };
        small.Change = small.Change with { Drops = [new DropRecord("bbox/AP", "fraction", 0.5, 0.5 - drop, drop, lower, drop + 0.01, 0.001, 100)] };
        ImmutableArray<Finding> findings = small.Diagnose();
        findings.Select(f => f.Node).Should().BeEquivalentTo(found ? ["conv"] : Array.Empty<string>());
        findings.All(f => f.Rule == "lossy-layer" && f.Certainty == Certainty.Hint && f.Wanted!.KeepFloat.Single() == "conv").Should().BeTrue();
    }

    [Fact]
    public void What_follows_from_a_fault_in_front_stands_behind_it()
    {
        // The convolution's outlier goes through the operator that reads it, whose own figure is larger.
        Finding Of(string node, double weight) => new("some-rule", "chip", Certainty.Likely, node, null, "", [], "", weight);
        Diagnosis.Of(new SmallCase().Build(), [new Saying([Of("act", 0.5), Of("conv", 0.2)])]).Select(f => f.Node).Should().Equal("conv", "act");
        var two = new SmallCase();
        two.Branch("u", 0.03, 3);
        Diagnosis.Of(two.Build(), [new Saying([Of("conv", 0.2), Of("u/conv", 0.5)])]).Select(f => f.Node).Should().Equal("u/conv", "conv");
    }

    private static IEnumerable<string?> Found(SmallCase small, string rule) => small.Diagnose().Where(f => f.Rule == rule).Select(f => f.Node);

    private sealed class Saying(ImmutableArray<Finding> findings) : IRule
    {
        public string Id => "some-rule";

        public string Title => "";

        public IEnumerable<Finding> Look(TargetCase target) => findings;
    }
}
