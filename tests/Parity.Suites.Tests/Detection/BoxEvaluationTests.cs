using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;

namespace Parity.Suites.Tests.Detection;

public class BoxEvaluationTests
{
    private static readonly ImmutableArray<BoxCategory> OneCategory = [new BoxCategory(1, "thing")];

    [Fact]
    public void Finding_every_object_first_gives_an_AP_of_one_but_for_the_spacing()
    {
        // One object, one hit: precision is 1 / (1 + np.spacing(1)), the double below 1, at every recall.
        double[] values = Measure(Evaluation(Sample("1", [Label(1, 0, 0, 50, 50)], [Box(0, 0, 50, 50, 0.9)])));
        values[0].Should().BeApproximately(Math.BitDecrement(1.0), 1e-15).And.BeLessThan(1);
        values[6].Should().Be(1);
    }

    [Fact]
    public void A_miss_before_the_second_hit_costs_half_of_a_third_of_precision()
    {
        // Hit, miss, hit of two objects: precision 1 to recall 0.5 (51 thresholds), then 2/3 (50 thresholds).
        double[] values = Measure(Evaluation(Sample(
            "1",
            [Label(1, 0, 0, 50, 50), Label(2, 100, 0, 50, 50)],
            [Box(0, 0, 50, 50, 0.9), Box(200, 200, 50, 50, 0.8), Box(100, 0, 50, 50, 0.7)])));
        values[0].Should().BeApproximately((51 + (50 * 2.0 / 3)) / 101, 1e-12);
    }

    [Fact]
    public void The_overlap_decides_at_how_many_thresholds_a_box_hits()
    {
        // IoU 0.75 exactly: hits at 0.5, 0.55, ... 0.75, six of ten.
        double[] values = Measure(Evaluation(Sample("1", [Label(1, 0, 0, 100, 100)], [Box(0, 0, 75, 100, 0.9)])));
        values[0].Should().BeApproximately(0.6, 1e-12);
        values[1].Should().BeApproximately(1, 1e-12);
        values[2].Should().BeApproximately(1, 1e-12);
    }

    [Fact]
    public void A_second_box_on_the_same_object_is_a_miss()
    {
        BoxSample sample = Sample("1", [Label(1, 0, 0, 50, 50), Label(2, 100, 0, 50, 50)], [Box(0, 0, 50, 50, 0.9), Box(0, 0, 50, 50, 0.8), Box(100, 0, 50, 50, 0.7)]);
        Measure(Evaluation(sample))[0].Should().BeApproximately((51 + (50 * 2.0 / 3)) / 101, 1e-12);
    }

    [Fact]
    public void Sizes_are_judged_by_the_annotations_area_and_a_box_of_another_size_is_no_miss()
    {
        double[] values = Measure(Evaluation(Sample(
            "1", [Label(1, 0, 0, 50, 50) with { Area = 900 }], [Box(300, 300, 40, 40, 0.95), Box(0, 0, 50, 50, 0.9)])));
        values[3].Should().BeApproximately(1, 1e-12, "the object is small by its area, the stray box is medium");
        values[4].Should().Be(double.NaN);
        values[0].Should().BeApproximately(0.5, 1e-12);
    }

    [Fact]
    public void More_boxes_than_the_limit_are_cut_by_score_in_each_image()
    {
        ScoredBox[] boxes = [.. Enumerable.Range(0, 10).Select(i => Box(1000 + (60 * i), 0, 50, 50, 0.9 - (i * 0.01))), Box(0, 0, 50, 50, 0.1)];
        double[] values = Measure(Evaluation(Sample("1", [Label(1, 0, 0, 50, 50)], boxes)));
        values[7].Should().Be(0, "the hit is the eleventh box");
        values[8].Should().Be(1);
    }

    [Fact]
    public void Without_objects_there_is_no_value()
    {
        Measure(Evaluation(Sample("1", [], [Box(0, 0, 5, 5, 0.9)]))).Should().OnlyContain(v => double.IsNaN(v));
        Measure(Evaluation()).Should().OnlyContain(v => double.IsNaN(v));
        Measure(BoxEvaluation.Of([], [])).Should().OnlyContain(v => double.IsNaN(v));
        Evaluation(Sample("1", [Label(1, 0, 0, 9, 9) with { IsCrowd = true }], [])).Curves().Precision.Should().OnlyContain(v => v == -1);
    }

    [Fact]
    public void Objects_without_detections_are_a_zero_and_not_no_value()
    {
        double[] values = Measure(Evaluation(Sample("1", [Label(1, 0, 0, 50, 50)], [])));
        values[0].Should().Be(0);
        values[8].Should().Be(0);
    }

    [Fact]
    public void A_number_that_is_not_finite_is_a_fault_for_each()
    {
        Action act = () => Evaluation(Sample("7", [Label(1, 0, 0, double.PositiveInfinity, 1)], [Box(0, 0, 1, 1, double.NaN), Box(double.NaN, 0, 1, 1, 0.5)]));
        act.Should().Throw<FaultException>().Which.Faults.Should().HaveCount(3).And.OnlyContain(f => f.Where.Contains("sample 7"));
    }

    [Fact]
    public void Two_predictions_for_one_sample_are_a_fault() =>
        FluentActions.Invoking(() => Evaluation(Sample("1", [], []), Sample("1", [], []))).Should().Throw<FaultException>();

    /// <summary>Few scores, so that ties abound: between images, and within one.</summary>
    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 100)]
    [InlineData(3, 10)]
    [InlineData(4, 3)]
    public void Weights_equal_a_dataset_in_which_each_sample_stands_that_often(int seed, int scores)
    {
        var random = new Random(seed);
        for (int round = 0; round < 20; round++)
        {
            BoxSample[] samples = [.. Enumerable.Range(1, 12).Select(i => RandomScene.Sample($"{i * 10}", random, scores))];
            int[] weights = [.. samples.Select(_ => random.Next(4))];
            var weighted = new double[12];
            BoxEvaluation.Of(RandomScene.Categories, samples).Measure(weights, weighted);

            IEnumerable<BoxSample> copies = samples.SelectMany((s, i) => Enumerable.Range(0, weights[i]).Select(c => s with { Id = $"{int.Parse(s.Id) + c}" }));
            double[] duplicated = Measure(BoxEvaluation.Of(RandomScene.Categories, copies));
            weighted.Should().Equal(duplicated, "seed {0}, round {1}", seed, round);
        }
    }

    [Fact]
    public void The_order_of_samples_changes_nothing()
    {
        var random = new Random(5);
        BoxSample[] samples = [.. Enumerable.Range(1, 30).Select(i => RandomScene.Sample($"{i}", random, 5))];
        var evaluation = BoxEvaluation.Of(RandomScene.Categories, samples);
        random.Shuffle(samples);
        var shuffled = BoxEvaluation.Of(RandomScene.Categories, samples);
        shuffled.SampleIds.Should().Equal(evaluation.SampleIds).And.Equal(Enumerable.Range(1, 30).Select(i => $"{i}"));
        Measure(shuffled).Should().Equal(Measure(evaluation));
    }

    [Fact]
    public void A_monotone_change_of_scores_changes_nothing()
    {
        var random = new Random(6);
        BoxSample[] samples = [.. Enumerable.Range(1, 30).Select(i => RandomScene.Sample($"{i}", random, 20))];
        BoxSample[] changed = [.. samples.Select(s => s with { Boxes = [.. s.Boxes.Select(b => b with { Score = Math.Sqrt(b.Score) - 7 })] })];
        Measure(BoxEvaluation.Of(RandomScene.Categories, changed)).Should().Equal(Measure(BoxEvaluation.Of(RandomScene.Categories, samples)));
    }

    [Fact]
    public void Statistics_are_the_means_of_the_arrays()
    {
        var random = new Random(8);
        var evaluation = BoxEvaluation.Of(RandomScene.Categories, Enumerable.Range(1, 30).Select(i => RandomScene.Sample($"{i}", random, 50)));
        CocoCurves curves = evaluation.Curves();
        double[] values = Measure(evaluation);
        for (int area = 0; area < 4; area++)
        {
            double[] each = [.. Enumerable.Range(0, curves.K).Select(k => curves.AveragePrecision(k, area, 2)).OfType<double>()];
            values[area == 0 ? 0 : 2 + area].Should().BeApproximately(each.Average(), 1e-12);
        }
    }

    private static CocoEvaluation Evaluation(params IEnumerable<BoxSample> samples) => BoxEvaluation.Of(OneCategory, samples);

    private static BoxSample Sample(string id, BoxLabel[] labels, ScoredBox[] boxes) => new(id, labels, boxes);

    private static BoxLabel Label(long id, double x, double y, double w, double h) => new(id, 1, x, y, w, h, w * h, false);

    private static ScoredBox Box(double x, double y, double w, double h, double score) => new(x, y, w, h, score, 0);

    private static double[] Measure(CocoEvaluation evaluation)
    {
        var values = new double[12];
        int[] weights = [.. Enumerable.Repeat(1, evaluation.SampleIds.Length)];
        evaluation.Measure(weights, values);
        return values;
    }
}
