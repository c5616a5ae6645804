using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Tests.Detection;

public class BoxComparisonTests
{
    private static readonly Placement Identity = new(1, 1, 0, 0, 1000, 1000, 1000, 1000);
    private static readonly ImmutableArray<BoxCategory> Categories = [new(1, "cat"), new(2, "dog")];

    [Fact]
    public void Equal_predictions_have_nothing_lost_and_nothing_extra()
    {
        DetectionPrediction prediction = Select([new(0, 0, 10, 0.9f), new(1, 2, 10, 0.8f), new(2, 100, 10, 0.7f)]);
        PredictionComparison comparison = BoxComparison.Of(prediction, prediction, 0, Categories);
        comparison.Changes.Should().BeEmpty();
        comparison.Counts["matched"].Should().Be(prediction.Boxes.Length);
        comparison.Counts.Where(c => c.Key is "lost" or "extra" || c.Key.Contains("only") || c.Key.EndsWith("flipped")).Should().OnlyContain(c => c.Value == 0);
    }

    [Fact]
    public void A_box_below_the_threshold_on_the_target_is_lost_by_its_score()
    {
        Lost([new(0, 0, 10, 0.9f), new(4, 50, 10, 0.3f)], [new(0, 0, 10, 0.9f)])
            .Should().Be(new ItemChange(ChangeKind.Lost, "cat", 4, 0.3f, ChangeReason.Score, null, 0.3f, null));
        Lost([new(4, 50, 10, 0.6f)], [new(4, 50, 10, 0.4f)], least: 0.5f)
            .Should().Be(new ItemChange(ChangeKind.Lost, "cat", 4, 0.6f, ChangeReason.Score, null, 0.6f, 0.4f), "it scores below what users are shown");
    }

    [Fact]
    public void A_box_that_only_the_target_has_is_extra_with_the_reason_seen_from_the_reference()
    {
        Select([]).Boxes.Should().BeEmpty();
        Only([], [new(4, 50, 10, 0.3f)]).Should().Be(new ItemChange(ChangeKind.Extra, "cat", 4, 0.3f, ChangeReason.Score, null, null, 0.3f));
        ItemChange extra = Only([new(0, 0, 10, 0.9f), new(1, 3, 10, 0.8f)], [new(0, 0, 10, 0.9f), new(1, 4, 10, 0.8f)]);
        extra.Should().Match<ItemChange>(c => c.Kind == ChangeKind.Extra && c.Item == 1 && c.Reason == ChangeReason.Suppressed && c.By == 0);
        extra.Before.Should().BeApproximately(70.0 / 130, 1e-6);
        extra.After.Should().BeApproximately(60.0 / 140, 1e-6);
    }

    [Fact]
    public void A_flipped_suppression_names_the_box_and_the_overlap_before_and_after()
    {
        ItemChange lost = Lost([new(0, 0, 10, 0.9f), new(1, 4, 10, 0.8f)], [new(0, 0, 10, 0.9f), new(1, 3, 10, 0.8f)]);
        lost.Should().Match<ItemChange>(c => c.Item == 1 && c.Reason == ChangeReason.Suppressed && c.By == 0);
        lost.Before.Should().BeApproximately(60.0 / 140, 1e-6);
        lost.After.Should().BeApproximately(70.0 / 130, 1e-6);
    }

    [Fact]
    public void A_box_cut_by_TopK_is_told_from_one_cut_among_equal_scores()
    {
        Row[] reference = [new(0, 0, 10, 0.9f), new(1, 100, 10, 0.8f), new(2, 200, 10, 0.7f)];
        var settings = Settings with { TopK = 2 };
        Only(reference, [new(0, 0, 10, 0.9f), new(1, 100, 10, 0.7f), new(2, 200, 10, 0.8f)], 0, settings, ChangeKind.Lost)
            .Should().Be(new ItemChange(ChangeKind.Lost, "cat", 1, 0.8f, ChangeReason.TopK, null, 1, 2));
        Row[] tied = [new(0, 0, 10, 0.9f), new(1, 100, 10, 0.7f), new(3, 200, 10, 0.7f)];
        Only([new(0, 0, 10, 0.9f), new(3, 200, 10, 0.8f)], tied, 0, settings, ChangeKind.Lost)
            .Should().Be(new ItemChange(ChangeKind.Lost, "cat", 3, 0.8f, ChangeReason.Tie, null, null, 2));
    }

    [Fact]
    public void A_box_cut_by_the_limit_of_detections_says_its_ranks()
    {
        Only([new(0, 0, 10, 0.9f), new(1, 100, 10, 0.8f)], [new(0, 0, 10, 0.9f), new(1, 100, 10, 0.8f), new(2, 200, 10, 0.95f)], 0, Settings with { MaxDetections = 2 }, ChangeKind.Lost)
            .Should().Be(new ItemChange(ChangeKind.Lost, "cat", 1, 0.8f, ChangeReason.Limit, null, 1, 2));
    }

    [Fact]
    public void A_box_elsewhere_is_moved_and_one_of_another_class_has_changed_class()
    {
        ItemChange moved = Lost([new(0, 0, 10, 0.9f)], [new(0, 8, 10, 0.9f)], kinds: 2);
        moved.Should().Match<ItemChange>(c => c.Reason == ChangeReason.Moved && c.Before == null);
        moved.After.Should().BeApproximately(20.0 / 180, 1e-6);
        Lost([new(0, 0, 10, 0.9f)], [new(0, 0, 10, 0.9f, Class: 1)], kinds: 2)
            .Should().Match<ItemChange>(c => c.Reason == ChangeReason.Class && c.Label == "cat");
    }

    [Fact]
    public void A_neighbour_that_stands_for_the_same_thing_is_a_match()
    {
        DetectionPrediction reference = Select([new(0, 0, 10, 0.9f), new(1, 1, 10, 0.8f)]), target = Select([new(0, 0, 10, 0.8f), new(1, 1, 10, 0.9f)]);
        reference.Boxes.Single().Candidate.Should().Be(0);
        target.Boxes.Single().Candidate.Should().Be(1);
        PredictionComparison comparison = BoxComparison.Of(reference, target, 0, Categories);
        comparison.Changes.Should().BeEmpty();
        comparison.Counts["stage.order.flipped"].Should().Be(1);
        comparison.Counts["stage.nms.kept-only-reference"].Should().Be(1);
    }

    [Fact]
    public void Every_final_box_is_matched_or_has_one_reason_and_the_counts_sum_up()
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            Row[] rows = [.. Enumerable.Range(0, 60).Select(i => new Row(i, random.Next(200), 10, random.Next(1, 20) / 20f, random.Next(2)))];
            Row[] shaken = [.. rows.Where(_ => random.Next(10) > 0).Select(r => r with
            {
                X = r.X + random.Next(-2, 3), Score = Math.Max(0.05f, r.Score + (random.Next(-1, 2) / 20f)), Class = random.Next(20) == 0 ? 1 - r.Class : r.Class,
            })];
            var settings = Settings with { TopK = 50, MaxDetections = 20 };
            DetectionPrediction reference = Select(rows, settings), target = Select(shaken, settings);
            PredictionComparison comparison = BoxComparison.Of(reference, target, 0.2f, Categories);
            var counts = comparison.Counts;
            counts["reference.final"].Should().Be(reference.Boxes.Count(b => b.Score >= 0.2f));
            (counts["matched"] + counts["lost"]).Should().Be(counts["reference.final"]);
            (counts["matched"] + counts["extra"]).Should().Be(counts["target.final"]);
            foreach (string kind in new[] { "lost", "extra" })
                counts.Where(c => c.Key.StartsWith(kind + ".", StringComparison.Ordinal)).Sum(c => c.Value).Should().Be(counts[kind]);
            comparison.Changes.Length.Should().Be(counts["lost"] + counts["extra"]);
        }
    }

    private static SelectionSettings Settings { get; } = new(null, new TorchvisionSuppression(), new SuppressionSettings(0.5, true, null), null, false);

    private static ItemChange Lost(Row[] reference, Row[] target, float least = 0, int kinds = 1)
    {
        PredictionComparison comparison = BoxComparison.Of(Select(reference), Select(target), least, Categories);
        comparison.Changes.Should().HaveCount(kinds);
        return comparison.Changes.Single(c => c.Kind == ChangeKind.Lost);
    }

    private static ItemChange Only(Row[] reference, Row[] target) =>
        BoxComparison.Of(Select(reference), Select(target), 0, Categories).Changes.Should().ContainSingle().Subject;

    private static ItemChange Only(Row[] reference, Row[] target, float least, SelectionSettings settings, ChangeKind kind) =>
        BoxComparison.Of(Select(reference, settings), Select(target, settings), least, Categories).Changes.Should().ContainSingle(c => c.Kind == kind).Subject;

    private static DetectionPrediction Select(Row[] rows, SelectionSettings? settings = null)
    {
        var candidates = new Candidates();
        foreach (Row row in rows)
            candidates.Add(row.X, 0, row.X + row.Width, 10, row.Score, row.Class, row.Item);
        return Selection.Select(candidates, "1", Identity, settings ?? Settings, [0, 1], explain: true);
    }

    private readonly record struct Row(int Item, float X, float Width, float Score, int Class = 0);
}
