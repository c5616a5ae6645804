using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Parity.Core;

namespace Parity.Reports.Tests;

/// <summary>What leaves the run folder: the comment on a pull request and the report as one file.</summary>
public sealed partial class SummaryAndSingleFileTests
{
    private static readonly string Summary = SummaryMarkdown.Of(RichRecord.Run, RichRecord.Verdict);

    private static readonly byte[] Jpeg = [0xff, 0xd8, 1, 2, 3];

    private static readonly string Single = Encoding.UTF8.GetString(
        SingleFile.Of(ReportSite.Render(RichRecord.Content), p => p == RichRecord.PicturePath ? Jpeg : null).AsSpan());

    [Fact]
    public void The_summary_has_a_row_for_each_target_and_a_line_for_each_clause_that_does_not_pass()
    {
        string[] lines = Summary.Split('\n');

        lines[0].Should().Be("### ❌ Fail: coco128-yolox-nano");
        lines.Should().Contain("| tensorrt | bbox/AP | 34.10 | 33.71 | 0.39 | 0.21 to 0.58 | 97.3 % | ✅ Pass |");
        lines.Should().Contain("| hi3559 | not run |  |  |  |  |  | ⛔ Not run |");
        lines.Where(l => l.StartsWith('|')).Should().HaveCount(2 + RichRecord.Run.Targets.Length).And.OnlyContain(l => l.Count(c => c == '|') == 9);
        lines.Where(l => l.StartsWith("- ")).Should().HaveCount(3).And.NotContain(l => l.Contains("stays within"));
    }

    [Fact]
    public void The_summary_names_the_first_finding_of_a_target_that_does_not_pass() =>
        SummaryMarkdown.Of(RichRecord.Run, RichRecord.Verdict, RichRecord.Content.Findings)
            .Should().Contain("- rk1808-minmax, first finding (range-too-wide): Uses 32 of 256 codes, &#60;b&#62;12.5 %&#60;/b&#62;. Calibrate by percentile.");

    [Fact]
    public void Names_in_the_summary_are_neither_markup_nor_mentions_nor_cells()
    {
        string hostile = SummaryMarkdown.Of(RichRecord.Run with { Suite = "a | b @everyone\n# [x](http://y) `z`" }, RichRecord.Verdict);

        Summary.Should().NotContain("<script>").And.Contain("&#60;script&#62;alert(1)");
        hostile.Split('\n')[0].Should().Be("### ❌ Fail: a &#124; b &#64;everyone &#35; &#91;x&#93;(http://y) &#96;z&#96;");
    }

    [Fact]
    public void One_file_holds_every_page_style_script_and_picture_and_asks_for_nothing_else()
    {
        Single.Should().StartWith("<!DOCTYPE html>").And.Contain("<style>").And.Contain("<div class=\"page\" id=\"target-hi3559\">")
            .And.Contain($"src=\"data:image/jpeg;base64,{Convert.ToBase64String(Jpeg)}\"");
        foreach (Match match in Reference().Matches(Single.Split("<script>")[0]))
            match.Groups[1].Value.Should().MatchRegex("^(#|data:)");
        Regex.Count(Single, "<body").Should().Be(1);
    }

    [Fact]
    public void Its_anchors_are_unique_and_every_link_leads_to_one()
    {
        string pages = Single.Split("<script>")[0];
        HashSet<string> ids = [];
        foreach (Match match in Id().Matches(pages))
            ids.Add(match.Groups[1].Value).Should().BeTrue("{0} stands once", match.Groups[1].Value);

        Reference().Matches(pages).Select(m => m.Groups[1].Value).Where(url => url.StartsWith('#')).Select(url => url[1..]).Should().BeSubsetOf(ids);
        ids.Should().Contain("index.clause-rk1808-minmax-bbox-ap-drop-1-0-points");
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Reference();

    [GeneratedRegex(" id=\"([^\"]*)\"")]
    private static partial Regex Id();
}
