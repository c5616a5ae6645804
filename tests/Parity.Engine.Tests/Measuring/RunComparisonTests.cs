using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Runs;

namespace Parity.Engine.Tests.Measuring;

public sealed class RunComparisonTests
{
    [Fact]
    public void Better_and_worse_follow_the_direction_of_the_measurement()
    {
        TargetComparison target = Compare([Measured("AP", 0.3), Measured("error", 2, Direction.LowerIsBetter), Measured("same", 1), Measured("lost", 1)],
            [Measured("AP", 0.25), Measured("error", 1.5, Direction.LowerIsBetter), Measured("same", 1), Measured("lost", null)]).Targets.Single();

        target.Change.Should().Be(RunChange.Worse, "the headline fell");
        target.Measurements.Select(m => m.Change).Should().Equal(RunChange.Worse, RunChange.Better, RunChange.Same, RunChange.Unknown);
        target.Measurements[0].Difference.Should().BeApproximately(-0.05, 1e-12);
        target.Measurements[3].Difference.Should().BeNull("no value is no number");
    }

    [Fact]
    public void What_only_one_run_has_is_new_or_gone()
    {
        RunRecord before = Run("a", "gone"), now = Run("a", "new");

        RunComparison.Of(before, Verdict("a"), now, Verdict("a")).Targets.Select(t => (t.Name, t.Change))
            .Should().Equal(("a", RunChange.Same), ("new", RunChange.New), ("gone", RunChange.Gone));
    }

    [Fact]
    public void Layers_are_joined_by_name_with_the_greatest_fall_first()
    {
        TargetComparison target = Compare(
            [], [], [Layer("up", 20), Layer("down", 30), Layer("far", 40), Layer("exact", null), Layer("gone", 10), Layer("spoilt", null)],
            [Layer("up", 25), Layer("down", 28), Layer("far", 11), Layer("exact", null), Layer("spoilt", 35)]).Targets.Single();

        target.Layers.Select(l => (l.Name, l.Change, l.Difference)).Should().Equal(
            ("far", RunChange.Worse, -29), ("down", RunChange.Worse, -2), ("gone", RunChange.Gone, null),
            ("exact", RunChange.Same, null), ("spoilt", RunChange.Worse, null), ("up", RunChange.Better, 5));
    }

    [Fact]
    public void Clauses_and_inputs_that_differ_are_told()
    {
        RunRecord now = Run("a");
        ComparisonRecord compared = RunComparison.Of(now with { SuiteSha256 = "other" }, Verdict("a", "x <= 1"), now, Verdict("a", "y <= 1"));

        compared.Differences.Should().ContainSingle().Which.Should().StartWith("the suite: other before");
        compared.Targets.Single().Clauses.Should().Equal(new ClauseComparison("y <= 1", null, Core.Verdict.Pass), new ClauseComparison("x <= 1", Core.Verdict.Pass, null));
    }

    private static ComparisonRecord Compare(ImmutableArray<Measurement> before, ImmutableArray<Measurement> now, ImmutableArray<Divergence>? layersBefore = null, ImmutableArray<Divergence>? layersNow = null)
    {
        RunRecord Of(ImmutableArray<Measurement> measurements, ImmutableArray<Divergence>? layers) =>
            Run("a") with { Targets = [Run("a").Targets[0] with { Measurements = measurements, Probe = layers is { } l ? new ProbeRecord([], l, [], [], []) : null }] };
        return RunComparison.Of(Of(before, layersBefore), Verdict("a"), Of(now, layersNow), Verdict("a"));
    }

    private static RunRecord Run(params string[] targets) => new(
        RunRecord.CurrentSchema, "suite", "hash", "parity", new MachineRecord("os", "cpu", 2, ".NET", "AVX2", 1), new DatasetRecord("set", 10, "data", []), null, new BootstrapRecord(10, 1, 0.95),
        new ReferenceRecord(new ModelRecord("m.onnx", "model", 1, 1, 1), "cpu", new Arithmetic("float32", "", 0), [], ImmutableSortedDictionary<string, long>.Empty),
        [.. targets.Select(t => new TargetRecord(t, "tensorrt", "cpu", Availability.Ready, null, null, null, 1, false, [Measured("AP", 0.5)], [], ImmutableSortedDictionary<string, long>.Empty, [], [], [], null))],
        new TimingsRecord("2026-01-01T00:00:00Z", 0, 0, ImmutableSortedDictionary<string, double>.Empty, 0, 0, 0, 0, 0, 0, 0, 10, 0));

    private static VerdictRecord Verdict(string target, params string[] clauses) => new(
        VerdictRecord.CurrentSchema, "suite", Core.Verdict.Pass, [.. clauses], [.. clauses.Select(c => new ClauseRecord(target, c, Core.Verdict.Pass, "", 0, 0, 0, 1, "points", null))]);

    private static Measurement Measured(string name, double? value, Direction direction = Direction.HigherIsBetter) => new(name, value, "fraction", direction, 10);

    /// <summary>Exact without decibels.</summary>
    private static Divergence Layer(string name, double? decibels)
    {
        DivergenceState state = decibels is null ? DivergenceState.Exact : DivergenceState.Compared;
        var sqnr = new MeasureSummary(decibels, state, decibels, state, "1");
        return new Divergence(name, name, DivergenceKind.Accumulated, state, 1, 0, 0, 0, 0, 10, sqnr, sqnr, sqnr, sqnr, sqnr, sqnr);
    }
}
