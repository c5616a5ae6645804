using System.Text.RegularExpressions;
using Parity.Core;
using Parity.Reports.Images;
using Parity.Reports.Verdicts;

namespace Parity.Reports.Tests;

public sealed class PlacesTests
{
    [Fact]
    public void Slugs_are_safe_and_never_shared()
    {
        var slugs = new Slugs();

        slugs.Unique("RK1808 min/max").Should().Be("rk1808-min-max");
        slugs.Unique("rk1808 min-max").Should().Be("rk1808-min-max-2");
        slugs.Unique("rk1808 min-max 2").Should().Be("rk1808-min-max-2-2");
        slugs.Unique("../../etc/passwd").Should().Be("etc-passwd");
        slugs.Unique("日本").Should().Be("unnamed");
        slugs.Unique("").Should().Be("unnamed-2");
        slugs.Unique(new string('x', 500)).Should().HaveLength(80);
    }

    [Theory]
    [InlineData("pictures/1.jpg", "../pictures/1.jpg")]
    [InlineData("pictures\\a b#c?.jpg", "../pictures/a%20b%23c%3F.jpg")]
    [InlineData("javascript:alert(1)", "../javascript%3Aalert%281%29")]
    [InlineData("pictures/\"><b>.jpg", "../pictures/%22%3E%3Cb%3E.jpg")]
    public void A_picture_is_reached_from_the_folder_of_the_report(string picture, string url) => SiteMap.PictureUrl(picture).Should().Be(url);

    [Fact]
    public void Limits_of_all_clauses_stand_at_the_middle_of_the_axis()
    {
        foreach (ClauseRecord clause in RichRecord.Verdict.Clauses)
            IntervalAxis.AroundLimit(clause).X(clause.Limit!.Value, 100).Should().BeApproximately(50, 1e-9);
    }

    [Fact]
    public void An_axis_shows_a_drop_within_twice_the_limit_and_clamps_what_lies_beyond()
    {
        IntervalAxis axis = IntervalAxis.AroundLimit(RichRecord.Verdict.Clauses[2]);

        axis.Should().Be(new IntervalAxis(-1, 3));
        axis.Shows(13.06).Should().BeFalse();
        axis.X(13.06, 240).Should().Be(240);
        axis.X(0, 240).Should().Be(60);
    }

    [Fact]
    public void An_axis_comes_closer_when_everything_lies_near_the_limit()
    {
        var clause = new ClauseRecord("t", "bbox/AP >= 0.30", Verdict.Pass, "", 0.31, 0.305, 0.315, 0.30, "fraction", null);

        IntervalAxis axis = IntervalAxis.AroundLimit(clause);

        axis.To.Should().BeApproximately(0.3225, 1e-12);
        axis.Shows(0).Should().BeFalse();
    }

    [Fact]
    public void An_axis_without_a_limit_holds_zero_and_ignores_nan()
    {
        IntervalAxis axis = IntervalAxis.Holding([2, null, double.NaN, -1, double.PositiveInfinity]);

        axis.Shows(0).Should().BeTrue();
        axis.From.Should().BeApproximately(-1.18, 1e-12);
        axis.To.Should().BeApproximately(2.18, 1e-12);
    }

    [Fact]
    public void A_mask_is_drawn_row_by_row()
    {
        // 4 x 3: the run of five ones starts at pixel 2 and goes on through the second row's first three pixels.
        var mask = new MaskShape(4, 3, [2, 5, 4, 1], null, null, 0);

        MaskPath.Of(mask).Should().Be("M2 0h2v1h-2zM0 1h3v1h-3zM3 2h1v1h-1z");
    }

    [Fact]
    public void Every_shape_of_an_overlay_is_drawn()
    {
        Overlay overlay = new(
        [
            new BoxShape(1, 2, 3, 4, "box", 0.5, 0),
            new PolylineShape([0, 0, 10, 5.25, 3, 3], true, "line", 0.5, 0),
            new PointShape(7, 8, "point", 0.5, 0),
            new TextShape(9, 9, "a<b", 0.5, 0),
            new MaskShape(4, 3, [2, 2, 8], "mask", 0.5, 0),
        ]);
        RunRecord run = RichRecord.Run with
        {
            Targets = [RichRecord.Run.Targets[0] with { Images = [RichRecord.Run.Targets[0].Images[0] with { Target = overlay }] }],
        };

        string html = System.Text.Encoding.UTF8.GetString(ReportSite.Render(new ReportContent(run, RichRecord.Verdict)).Single(f => f.Path == "images-tensorrt.html").Bytes.AsSpan());
        string layer = html.Split("<g class=\"layer target\">")[1].Split("</figure>")[0];

        layer.Should().Contain("x=\"1\" y=\"2\" width=\"3\" height=\"4\"").And.Contain("d=\"M0 0L10 5.25L3 3Z\"").And.Contain("cx=\"7\" cy=\"8\"")
            .And.Contain(">a&lt;b 0.50</text>").And.Contain("d=\"M2 0h2v1h-2z\"");
        Regex.Count(layer, "data-score=\"0.5\"").Should().Be(5);
        html.Should().Contain("3 by the float model, 1 by the target", "an instance is counted by its box, not by its joints and masks too");
    }
}
