using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Onnx;

namespace Parity.Engine.Tests.Diagnosing;

/// <summary>A fault planted by hand is found by its rule at its place; the same small target without it is silent.</summary>
public sealed class RuleTests
{
    [Theory]
    [InlineData("tensorrt")]
    [InlineData("rk1808")]
    public void A_sound_target_has_no_finding(string profile) => new SmallCase(profile).Diagnose().Should().BeEmpty();

    [Fact]
    public void Clipping_that_costs_more_than_rounding_is_found_where_the_tensor_is_made()
    {
        var small = new SmallCase();
        small.Measures = small.Measures with { Max = 9, ClippedHighShare = 0.05, ClippingMse = 0.5, SqnrDb = 6 };
        One(small, "range-clipped", "conv").Wanted!.KeepFloat.Should().Equal("act");
    }

    [Fact]
    public void A_range_of_which_a_tenth_is_used_is_too_wide()
    {
        var small = new SmallCase();
        small.Measures = small.Measures with { Min = -0.2, Max = 0.25, SqnrDb = 20 };
        One(small, "range-too-wide", "conv").Weight.Should().BeApproximately(0.01, 1e-6);
    }

    [Fact]
    public void Channels_without_codes_in_front_of_the_output_share_a_scale_they_should_not()
    {
        var small = new SmallCase("rk1808") { Extents = [0.005f, 0.006f, 1.9f, 2f] };
        small.Graph.Remove(small.Graph.NodeNamed("pool")!);
        small.Graph.Remove(small.Graph.NodeNamed("act")!);
        small.Graph.Add(new Node("Transpose", ["t/dq"], ["y"], "last"));
        One(small, "parts-of-unlike-range", "conv");
    }

    [Fact]
    public void A_scale_of_one_that_the_values_do_not_ask_for_is_certain()
    {
        var small = new SmallCase();
        small.Pair = small.Pair with { Scales = [1], Low = -128, High = 127 };
        small.Measures = small.Measures with { SqnrDb = 10 };
        small.Diagnose()[0].Should().Match<Finding>(f => f.Rule == "uncalibrated" && f.Certainty == Certainty.Certain && f.Node == "conv");
    }

    [Fact]
    public void A_zero_point_is_forbidden_by_symmetric_targets_alone()
    {
        var small = new SmallCase();
        small.Pair = small.Pair with { ZeroPoints = [7] };
        One(small, "zero-point-forbidden", "conv");

        var asymmetric = new SmallCase("rk1808");
        asymmetric.Pair = asymmetric.Pair with { ZeroPoints = [7] };
        asymmetric.Diagnose().Should().BeEmpty();
    }

    [Fact]
    public void Outliers_are_a_range_that_few_values_need()
    {
        var small = new SmallCase { Histogram = new(-128.5, 1, [.. Enumerable.Range(0, 256).Select(i => i == 128 ? 99_990L : i is 28 or 228 ? 1 : 0)], 0, 0) };
        small.Measures = small.Measures with { SqnrDb = 15 };
        One(small, "activation-outliers", "conv");
    }

    [Fact]
    public void The_first_tensor_that_is_not_finite_is_to_blame()
    {
        var small = new SmallCase { Layers = [SmallCase.Layer("t", null, null, DivergenceState.NonFinite), SmallCase.Layer("y", null, null, DivergenceState.NonFinite)] };
        One(small, "non-finite", "conv");
    }

    [Fact]
    public void NaN_in_a_constant_is_found_without_a_probe()
    {
        var small = new SmallCase();
        small.Graph.SetInitializer("b", Tensor.Create([0f, float.NaN, 0, 0], 4));
        One(small, "non-finite", "conv");
    }

    [Fact]
    public void Values_of_the_same_energy_in_another_order_are_a_swapped_layout() =>
        // k = 1: NMSE = 2 (1 - cos).
        One(new SmallCase { Layers = [SmallCase.Layer("t", 0.3, 1.4), SmallCase.Layer("y", 0.2, 1.6)] }, "layout-swapped", "conv");

    [Fact]
    public void A_layer_that_is_only_far_off_is_no_swapped_layout() =>
        new SmallCase { Layers = [SmallCase.Layer("t", 0.3, 0.91)] }.Diagnose().Should().BeEmpty();

    [Fact]
    public void Layers_equal_bit_for_bit_quantize_nothing() =>
        One(new SmallCase { Layers = [SmallCase.Layer("t", 1, 0, DivergenceState.Exact)] }, "equal-to-float", null).Certainty.Should().Be(Certainty.Certain);

    [Fact]
    public void A_batch_norm_behind_its_convolution_is_not_fused()
    {
        var small = new SmallCase();
        small.Graph.InsertAfter("t/dq", new Node("BatchNormalization", ["t/dq", "b", "b", "b", "b"], ["n"], "norm"));
        One(small, "unfused", "norm");
    }

    [Fact]
    public void A_mean_over_the_batch_depends_on_the_batch()
    {
        var small = new SmallCase();
        small.Graph.InsertAfter("a", new Node("ReduceMean", ["a"], ["m"], "mean").Set("axes", [0L]));
        One(small, "batch-dependent", "mean");
    }

    [Fact]
    public void A_bias_code_at_the_end_of_int32_overflows()
    {
        var small = new SmallCase("rk1808");
        small.Graph.SetInitializer("codes", Tensor.Create([1, int.MaxValue, 3, 4], 4));
        small.Graph.Add(new Node("DequantizeLinear", ["codes", "scale"], ["b/dq"], "bias"));
        small.Graph.SetInput(small.Graph.NodeNamed("conv")!, 2, "b/dq");
        small.More = [new QdqRecord("", "bias", "b", null, "bias", ElementType.Int32, null, [1e-12], [0], 0, 0, ["conv"])];
        One(small, "bias-overflow", "conv").Certainty.Should().Be(Certainty.Certain);
    }

    [Fact]
    public void Items_lost_to_limits_are_a_matter_of_the_contract()
    {
        var small = new SmallCase();
        small.Change = small.Change with { Counts = small.Change.Counts.Add("lost", 10).Add("lost.topk", 8) };
        One(small, "contract-differs", null);
    }

    [Fact]
    public void An_engine_that_computes_a_float_layer_in_int8_is_told()
    {
        var small = new SmallCase();
        small.Change = small.Change with { EngineLayers = [new EngineLayer("conv + act", "int8", ["conv", "act"])] };
        One(small, "effective-precision", "conv");
        small.Change = small.Change with { EngineLayers = [new EngineLayer("conv", "float32", ["conv"])] };
        small.Diagnose().Should().BeEmpty();
    }

    [Fact]
    public void A_reference_that_is_no_good_asks_for_other_preprocessing_and_names_what_wins()
    {
        var small = new SmallCase();
        small.Reference = small.Reference with { Measurements = [small.Reference.Measurements[0] with { Value = 0.01 }] };
        var guesses = small.Diagnose();
        guesses.Should().OnlyContain(f => f.Rule == "wrong-preprocessing" && f.Certainty == Certainty.Hint && f.Wanted!.Target == "reference");

        ExperimentRecord Tried(Experiment e, double after) => new(e, 10, new DropRecord("bbox/AP", "fraction", 0.01, after, 0.01 - after, null, null, null, 10), null);
        small.Change = small.Change with { Experiments = [Tried(guesses[0].Wanted!, 0.02), Tried(guesses[1].Wanted!, 0.4)] };
        One(small, "wrong-preprocessing", null).Should().Match<Finding>(f => f.ExplainedPoints > 0.38 && f.Swap!.Experiment.What == guesses[1].Wanted!.What);
    }

    [Fact]
    public void Layer_information_of_an_engine_is_read_with_the_operators_in_each_layer()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, """
            {"Layers": [
              {"Name": "conv + relu", "LayerType": "CaskConvolution", "Inputs": [{"Name": "x", "Format/Datatype": "Thirty-two wide channel vectorized row major Int8 format"}]},
              {"Name": "myl0", "Metadata": "[ONNX Layer: a][ONNX Layer: b]", "Inputs": [{"Name": "t", "Format/Datatype": "Half"}]}]}
            """);
        var layers = EngineLayers.Read(file);
        layers[0].Precision.Should().Be("int8");
        layers[0].Nodes.Should().Contain(["conv", "relu"]);
        layers[1].Should().Match<EngineLayer>(l => l.Precision == "float16" && l.Nodes.Contains("a") && l.Nodes.Contains("b"));
        File.WriteAllText(file, """{"Layers": ["conv"]}""");
        FluentActions.Invoking(() => EngineLayers.Read(file)).Should().Throw<FaultException>().WithMessage("*no layers with their inputs*");
        File.Delete(file);
    }

    private static Finding One(SmallCase small, string rule, string? node)
    {
        ImmutableArray<Finding> findings = small.Diagnose();
        findings.Should().ContainSingle(because: string.Join("; ", findings.Select(f => $"{f.Rule}: {f.Saw}")));
        findings[0].Should().Match<Finding>(f => f.Rule == rule && f.Node == node);
        return findings[0];
    }
}
