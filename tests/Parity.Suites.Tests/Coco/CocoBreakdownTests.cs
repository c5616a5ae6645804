using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;

namespace Parity.Suites.Tests.Coco;

/// <summary>AP taken apart: what the parts are of must come out again when they are put together.</summary>
public sealed class CocoBreakdownTests
{
    [Theory]
    [InlineData("Box")]
    [InlineData("Mask")]
    [InlineData("Keypoints")]
    public void Classes_average_to_AP_curves_to_AP_and_AP50_and_sizes_are_the_statistics(string shape) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(25), Prop.ForAll<int>(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
    {
        CocoEvaluation evaluation = CocoScene.Evaluate(CocoScene.Random(new Random(seed), 6), Enum.Parse<CocoShape>(shape));
        Breakdown breakdown = evaluation.Breakdown();
        Dictionary<string, double> values = evaluation.Kinds.Select(k => k.Name).Zip(CocoCase.Measure(evaluation)).ToDictionary(p => p.First, p => p.Second);
        string prefix = evaluation.Prefix;
        if (double.IsNaN(values[$"{prefix}/AP"]))
        {
            breakdown.Curves.Should().BeEmpty("nothing counts, so there is no curve, not even one of zeros");
            return;
        }
        breakdown.Curves.Select(c => c.Measurement).Should().Equal($"{prefix}/AP", $"{prefix}/AP50");
        foreach (PrecisionCurve curve in breakdown.Curves)
        {
            curve.Precision.Should().HaveCount(101).And.BeInDescendingOrder().And.OnlyContain(p => p >= 0 && p <= 1);
            curve.Precision.Average().Should().BeApproximately(values[curve.Measurement], 1e-12);
        }
        ImmutableArray<MetricPart> classes = [.. breakdown.Parts.Where(p => p.By == "class")];
        if (!classes.IsEmpty)
            classes.Average(c => c.Measured.Value!.Value).Should().BeApproximately(values[$"{prefix}/AP"], 1e-12);
        foreach (MetricPart size in breakdown.Parts.Where(p => p.By == "size"))
            (size.Measured.Value ?? double.NaN).Should().Be(values[size.Measured.Name]);
    }));

    [Fact]
    public void Classes_and_sizes_are_worked_by_hand()
    {
        // "cat" is found whole, "dog" not at all; "cow" is not labelled; the dog covers 50 x 50 pixels, the cat 10 x 10.
        ImmutableArray<BoxCategory> categories = [new(7, "cow"), new(3, "dog"), new(1, "cat")];
        CocoEvaluation evaluation = BoxEvaluation.Of(categories,
        [
            new BoxSample("1", [new BoxLabel(1, 1, 0, 0, 10, 10, 100, false), new BoxLabel(2, 3, 30, 30, 50, 50, 2500, false)], [new ScoredBox(0, 0, 10, 10, 0.9, 0)]),
        ]);

        Breakdown breakdown = evaluation.Breakdown();

        breakdown.Parts.Select(p => (p.By, p.Name, p.Items, p.Measured.Name, Value: p.Measured.Value is { } v ? Math.Round(v, 12) : (double?)null)).Should().Equal(
            ("size", "small", 1L, "bbox/APs", (double?)1), ("size", "medium", 1L, "bbox/APm", 0), ("size", "large", 0L, "bbox/APl", null),
            ("class", "cat", 1L, "bbox/AP", 1), ("class", "dog", 1L, "bbox/AP", 0));
        breakdown.Curves[1].Precision.Should().OnlyContain(p => Math.Abs(p - 0.5) < 1e-12, "one of two classes has precision 1 at every recall");
    }
}
