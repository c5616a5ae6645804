using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Gating;

namespace Parity.Engine.Tests.Gating;

public sealed class JudgeTests
{
    [Fact]
    public void Passes_when_the_upper_bound_is_within_the_limit() =>
        Only(Drop(0.004, 0.001, 0.009), "bbox/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Pass);

    [Fact]
    public void Passes_when_the_upper_bound_is_the_limit_itself() =>
        Only(Drop(0.004, 0.001, 0.01), "bbox/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Pass);

    [Fact]
    public void Passes_an_improvement() =>
        Only(Drop(-0.05, -0.08, -0.02), "bbox/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Pass);

    [Fact]
    public void Fails_when_even_the_lower_bound_is_over_the_limit() =>
        Only(Drop(0.03, 0.02, 0.04), "bbox/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Fail);

    [Fact]
    public void Is_inconclusive_with_the_interval_astride_the_limit_and_says_how_many_samples_would_decide()
    {
        ClauseRecord clause = Only(Drop(0.005, -0.005, 0.015), "bbox/AP drop <= 1.0 points");

        clause.Verdict.Should().Be(Verdict.Inconclusive);
        // Half-width .010 has to shrink to .005: twice smaller needs four times the 100 samples.
        clause.SamplesToDecide.Should().Be(400);
    }

    [Fact]
    public void Is_inconclusive_without_a_value()
    {
        Only(new DropRecord("bbox/AP", "fraction", 0.3, null, null, null, null, null, 100), "bbox/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Inconclusive);
        Only(new DropRecord("bbox/AP", "fraction", null, null, null, null, null, null, 100), "bbox/AP >= 0.1").Verdict.Should().Be(Verdict.Inconclusive);
    }

    [Fact]
    public void Never_passes_NaN()
    {
        Only(Drop(double.NaN, 0, 0), "bbox/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Inconclusive);
        Only(Drop(0, 0, double.NaN), "bbox/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Inconclusive);
        Only(Drop(0, 0, 0) with { Target = double.NaN }, "bbox/AP >= 0.1").Verdict.Should().Be(Verdict.Inconclusive);
        Only(Drop(0, 0, 0) with { Target = double.NaN }, "bbox/AP <= 0.1").Verdict.Should().Be(Verdict.Inconclusive);
    }

    [Fact]
    public void Is_inconclusive_when_a_quantizing_target_equals_the_reference_bit_for_bit() =>
        Judged(Run(Drop(0, 0, 0), equal: true), "bbox/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Inconclusive);

    [Fact]
    public void Lets_a_float_target_equal_the_reference() =>
        Judged(Run(Drop(0, 0, 0), equal: true, quantized: null), "bbox/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Pass);

    [Fact]
    public void Is_inconclusive_when_nothing_ran_quantized() =>
        Judged(Run(Drop(0, 0, 0), quantized: 0), "bbox/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Inconclusive);

    [Fact]
    public void Is_inconclusive_when_the_runtime_quantized_more_than_the_model_says()
    {
        RunRecord run = Run(Drop(0, 0, 0), quantized: 0.8);
        run = run with { Targets = [run.Targets[0] with { Arithmetic = new Arithmetic("integer kernels", "", 1.0) }] };

        Judged(run, "bbox/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Inconclusive);
        Judged(run with { Targets = [run.Targets[0] with { Arithmetic = new Arithmetic("integer kernels", "", 0.8) }] }, "bbox/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Pass);
    }

    [Fact]
    public void Says_when_a_drop_is_inside_the_noise_floor() =>
        Only(Drop(0.0001, -0.001, 0.001) with { NoiseFloor = 0.0002 }, "bbox/AP drop <= 1.0 points").Reason.Should().Contain("inside the noise floor of 0.02 points");

    [Fact]
    public void Is_inconclusive_with_a_bad_sample_unless_the_policy_allows_it()
    {
        RunRecord run = Run(Drop(0.004, 0.001, 0.009), bad: 1);

        Judged(run, "bbox/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Inconclusive);
        Judge.Decide(run, PolicyOf("bbox/AP drop <= 1.0 points") with { AllowedBadSamples = 1 }).Verdict.Should().Be(Verdict.Pass);
    }

    [Fact]
    public void An_absent_device_is_not_run_and_never_a_pass()
    {
        RunRecord run = Run(Drop(0, 0, 0));
        run = run with { Targets = [run.Targets[0] with { Availability = Availability.NotRun("no board", "Connect it") }] };

        ClauseRecord clause = Judged(run, "bbox/AP drop <= 1.0 points");

        clause.Verdict.Should().Be(Verdict.NotRun);
        clause.Reason.Should().Contain("no board").And.Contain("Connect it");
    }

    [Fact]
    public void An_unknown_measurement_is_inconclusive() =>
        Only(Drop(0, 0, 0), "keypoints/AP drop <= 1.0 points").Verdict.Should().Be(Verdict.Inconclusive);

    [Fact]
    public void The_whole_is_as_bad_as_its_worst_clause()
    {
        RunRecord run = Run(Drop(0.03, 0.02, 0.04));

        Judge.Decide(run, PolicyOf("bbox/AP >= 0.1", "bbox/AP drop <= 1.0 points")).Verdict.Should().Be(Verdict.Fail);
        Judge.Decide(run, PolicyOf()).Verdict.Should().Be(Verdict.Inconclusive, "nothing asked is nothing shown");
    }

    [Fact]
    public void Bounds_the_share_of_quantized_multiply_accumulates()
    {
        Judged(Run(Drop(0, 0, 0), quantized: 0.7), "quantized-macs >= 0.8").Verdict.Should().Be(Verdict.Fail);
        Judged(Run(Drop(0, 0, 0), quantized: 0.8), "quantized-macs >= 0.8").Verdict.Should().Be(Verdict.Pass);
        Judged(Run(Drop(0, 0, 0), quantized: null), "quantized-macs >= 0.8").Verdict.Should().Be(Verdict.Inconclusive);
    }

    [Fact]
    public void Bounds_points_and_cost_together()
    {
        RunRecord dear = Run(Drop(0, 0, 0), cost: 1.3), cheap = Run(Drop(0, 0, 0), cost: 1.2);
        Judged(dear, "cost <= 1.2").Verdict.Should().Be(Verdict.Fail);
        Judged(cheap, "cost <= 1.2").Verdict.Should().Be(Verdict.Pass);
        Judged(Run(Drop(0, 0, 0)), "cost <= 1.2").Verdict.Should().Be(Verdict.Inconclusive, "no cost is no pass");
        Judged(Run(Drop(0, 0, 0), cost: double.NaN), "cost <= 1.2").Verdict.Should().NotBe(Verdict.Pass);
        Judge.Decide(dear, PolicyOf("bbox/AP drop <= 1.0 points", "cost <= 1.2")).Verdict.Should().Be(Verdict.Fail, "no points were lost, but it costs too much");
        Judge.Decide(cheap, PolicyOf("bbox/AP drop <= 1.0 points", "cost <= 1.2", "quantized-macs >= 0.95")).Verdict.Should().Be(Verdict.Fail, "below the policy's share");
        Judged(Run(Drop(0, 0, 0), quantized: 0, cost: 1), "cost <= 1.2").Verdict.Should().Be(Verdict.Inconclusive, "nothing ran quantized");
    }

    [Fact]
    public void A_clause_for_one_target_leaves_the_others_alone()
    {
        RunRecord run = Run(Drop(0.03, 0.02, 0.04));
        var faults = new FaultList();
        var policy = new Policy([Clause.Parse("bbox/AP drop <= 1.0 points", "another", "policy", faults)!], 0);

        Judge.Decide(run, policy).Clauses.Should().BeEmpty();
    }

    [Theory]
    [InlineData("bbox/AP drop >= 1.0 points")]
    [InlineData("bbox/AP drop < 1.0")]
    [InlineData("drop")]
    [InlineData("bbox/AP <= one")]
    [InlineData("quantized-macs <= 0.8")]
    [InlineData("cost >= 1")]
    [InlineData("cost drop <= 1")]
    public void A_clause_that_cannot_be_meant_is_a_fault(string text)
    {
        var faults = new FaultList();

        Clause.Parse(text, null, "suite.yaml:9", faults).Should().BeNull();

        faults.ToImmutable().Should().ContainSingle().Which.Where.Should().Be("suite.yaml:9");
    }

    private static DropRecord Drop(double drop, double lower, double upper) => new("bbox/AP", "fraction", 0.3, 0.3 - drop, drop, lower, upper, 0.003, 100);

    private static ClauseRecord Only(DropRecord drop, string clause) => Judged(Run(drop), clause);

    private static ClauseRecord Judged(RunRecord run, string clause) => Judge.Decide(run, PolicyOf(clause)).Clauses.Should().ContainSingle().Subject;

    private static Policy PolicyOf(params string[] clauses)
    {
        var faults = new FaultList();
        var policy = new Policy([.. clauses.Select(c => Clause.Parse(c, null, "policy", faults)!)], 0);
        faults.ThrowIfAny();
        return policy;
    }

    private static RunRecord Run(DropRecord drop, bool equal = false, double? quantized = 0.9, int bad = 0, double? cost = null)
    {
        var model = new ModelRecord("m.onnx", "00", 1, 1, 1);
        var target = new TargetRecord("tensorrt", "tensorrt", "cpu", Availability.Ready, model, new Arithmetic("integer kernels", "", quantized), new PlanRecord("min-max", [], []),
            quantized, equal, [], [drop], ImmutableSortedDictionary<string, long>.Empty, [], [], [], null, Cost: new CostRecord(quantized, cost, []));
        var faults = Enumerable.Range(0, bad).Select(i => new BadSample($"{i}", $"{i}.jpg", new Fault("truncated", $"{i}.jpg", "fetch it"))).ToImmutableArray();
        return new RunRecord(RunRecord.CurrentSchema, "suite", "00", "parity", new MachineRecord("", "", 2, "", "", 1), new DatasetRecord("d", 100, "00", faults), null,
            new BootstrapRecord(1000, 7, 0.95), new ReferenceRecord(model, "cpu", new Arithmetic("float32", "", null), [], ImmutableSortedDictionary<string, long>.Empty),
            [target], new TimingsRecord("", 0, 0, ImmutableSortedDictionary<string, double>.Empty, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }
}
