using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Parity.Core;

namespace Parity.Reports.Tests;

/// <summary>Where the drop lies: sizes, classes and curves, and what a failed verdict points at first.</summary>
public sealed class BreakdownSectionTests
{
    private static readonly string Target = Page(RichRecord.Content, "target-rk1808-minmax.html");

    [Fact]
    public void Classes_stand_with_the_largest_drop_first_and_sizes_in_their_own_order()
    {
        Rows("bbox-by-class").Should().Equal(["&lt;script&gt;alert(1)&lt;/script&gt; 12 44.00 31.00 13.00", "person 1,777 51.00 50.00 1.00"]);
        Rows("bbox-by-size")[1].Should().Be("large 0 no value no value no value");
        Rows("bbox-by-size")[0].Should().StartWith("small 321 15.71");
    }

    [Fact]
    public void Curves_of_both_models_are_drawn_to_scale_and_their_figures_stand_in_a_table()
    {
        string[] lines = [.. Regex.Matches(Target, "<path class=\"curve (?:float|lowered)[^\"]*\" d=\"(M[^\"]*L[^\"]*)\"").Select(m => m.Groups[1].Value)];

        lines.Should().HaveCount(4).And.OnlyContain(l => l.Count(c => c == 'L') == 100);
        // The first is 1 - recall squared, from recall 0 at x 46 to recall 1 at x 450 and from precision 0 at y 290 to 1 at y 8.
        lines[0].Should().StartWith("M46 8L").And.Contain("L248 78.5L").And.EndWith("L450 290");
        Rows("bbox-curve")[5].Should().StartWith("0.5 75.00 ");
        Rows("bbox-curve").Should().HaveCount(11);
    }

    [Fact]
    public void Without_a_breakdown_nothing_is_said_of_one()
    {
        RunRecord run = RichRecord.Run with { Targets = [RichRecord.Run.Targets[1] with { Breakdown = null }] };

        Page(new ReportContent(run, RichRecord.Verdict), "target-rk1808-minmax.html").Should().NotContain("Where the drop lies").And.NotContain("#breakdown");
    }

    [Fact]
    public void The_banner_leads_to_what_the_first_finding_names_and_without_findings_to_the_worst_quantizer()
    {
        Banner(RichRecord.Content).Should().Contain("First finding, range-too-wide: <a href=\"nodes-rk1808-minmax.html#node-script-alert-1-script\">");
        Banner(RichRecord.Content with { Findings = null }).Should().Contain("Worst quantizer by itself: <a href=\"nodes-rk1808-minmax.html#node-script-alert-1-script\">");
    }

    [Fact]
    public void A_channel_that_reaches_a_quarter_of_the_grid_lies_two_bits_below_its_end()
    {
        RunRecord run = RichRecord.Run;
        QdqRecord weight = run.Targets[1].Qdq[1] with { Scales = [0.5], ZeroPoints = [0], Axis = null, Low = -64, High = 63.5, Extents = new ChannelExtents(0, [64, 16, 0]) };
        run = run with { Targets = [run.Targets[1] with { Qdq = [weight], Probe = null }] };

        string card = Page(new ReportContent(run, RichRecord.Verdict), "nodes-rk1808-minmax.html").Split("class=\"codes channels\"")[1].Split("</svg>")[0];

        // Ten bits are a hundred units high, channels 103.33 wide from 64 on: the first reaches the end at 8, the second lies 20 units lower, the third is nothing but a mark.
        Regex.Match(card, "class=\"bars\" d=\"([^\"]*)\"").Groups[1].Value.Should().Be("M64 108V8h103.33V108zM167.33 108V28h103.33V108z");
        Regex.Match(card, "class=\"seen\" d=\"([^\"]*)\"").Groups[1].Value.Should().Be("M64 8H374");
        Regex.Match(card, "class=\"beyond\" d=\"([^\"]*)\"").Groups[1].Value.Should().StartWith("M270.67 108");
    }

    [Fact]
    public void Masks_of_whole_pictures_begin_with_the_truth_and_where_the_models_differ()
    {
        ImageRecord image = RichRecord.Run.Targets[1].Images[0];
        var mask = new Overlay([new MaskShape(4, 3, [2, 5, 5], "person", null, 1)]);
        image = image with { Truth = mask, Reference = mask, Target = mask, Changes = [], Difference = new Overlay([new MaskShape(4, 3, [1, 1, 10], "rest became person", null, 256)]) };
        RunRecord run = RichRecord.Run with { Targets = [RichRecord.Run.Targets[1] with { Images = [image] }] };

        string page = Page(new ReportContent(run, RichRecord.Verdict), "images-rk1808-minmax.html");

        Regex.Matches(page, "data-show=\"(\\w+)\"( checked)?").Select(m => (m.Groups[1].Value, m.Groups[2].Success)).Should().Equal(("truth", true), ("reference", false), ("target", false), ("difference", true));
        page.Should().NotContain("data-least-score").And.NotContain("data-filter-class").And.Contain("Where float model and target differ: rest became person");
    }

    private static string[] Rows(string table)
    {
        string body = Target.Split($"<table id=\"{table}\"")[1].Split("<tbody>")[1].Split("</tbody>")[0];
        return [.. body.Split("<tr>").Skip(1).Select(row => Regex.Replace(Regex.Replace(row.Split("<svg")[0], "<[^>]*>", " "), @"\s+", " ").Trim())];
    }

    private static string Banner(ReportContent content) => Regex.Replace(Page(content, "index.html").Split("class=\"banner")[1].Split("</section>")[0], @"\s+", " ");

    private static string Page(ReportContent content, string path) => Encoding.UTF8.GetString(ReportSite.Render(content).Single(f => f.Path == path).Bytes.AsSpan());
}
