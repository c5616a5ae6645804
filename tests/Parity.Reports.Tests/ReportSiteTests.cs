using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Parity.Core;

namespace Parity.Reports.Tests;

public sealed partial class ReportSiteTests
{
    private const string HostileFile = "target-script-alert-1-script.html";

    private static readonly ImmutableArray<ReportFile> Files = ReportSite.Render(RichRecord.Content);

    [Fact]
    public void Every_target_has_its_pages_and_the_overview_comes_first() =>
        Files.Select(f => f.Path).Should().Equal(
        [
            "index.html", .. new[] { "tensorrt", "rk1808-minmax", "script-alert-1-script" }.SelectMany(t => new[] { $"target-{t}.html", $"nodes-{t}.html", $"graph-{t}.html", $"images-{t}.html" }),
            "target-hi3559.html", "comparison.html", "provenance.html", "report.css", "report.js",
        ]);

    [Fact]
    public void The_same_record_gives_the_same_bytes_in_any_culture()
    {
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NumberGroupSeparator = ".";
        comma.NumberFormat.NegativeSign = "~";
        CultureInfo before = Thread.CurrentThread.CurrentCulture;
        Thread.CurrentThread.CurrentCulture = comma;
        try
        {
            ImmutableArray<ReportFile> again = ReportSite.Render(RichRecord.Content);

            again.Should().HaveSameCount(Files);
            for (int i = 0; i < Files.Length; i++)
                again[i].Bytes.AsSpan().SequenceEqual(Files[i].Bytes.AsSpan()).Should().BeTrue("{0} must not depend on the culture", Files[i].Path);
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }

    [Fact]
    public void Names_that_are_markup_stay_text()
    {
        foreach (string html in Pages())
        {
            html.Should().NotContain("<script>alert").And.NotContain("<img src=x").And.NotContain("<b>");
            ScriptTag().Matches(html).Select(m => m.Value).Should().Equal("<script src=\"report.js\" defer>");
        }
        Page("index.html").Should().Contain("&lt;script&gt;alert(1)&lt;/script&gt;");
        Page("provenance.html").Should().Contain("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;.jpg");
        Page(HostileFile).Should().Contain("<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>").And.Contain("keep &amp; &lt;b&gt;see&lt;/b&gt;");
    }

    [Fact]
    public void Pages_ask_nothing_of_a_network()
    {
        foreach (string html in Pages())
        {
            foreach (Match match in Reference().Matches(html))
                match.Groups[1].Value.Should().MatchRegex(@"^(#|[a-z0-9-]+\.(html|css|js)(#|$)|\.\./pictures/|data:,$)");
        }
        Text("report.css").Should().NotContain("url(").And.NotContain("@import");
        Text("report.js").Should().NotContain("fetch(").And.NotContain("XMLHttpRequest").And.NotContain("import(").And.NotContain("http");
    }

    [Fact]
    public void Every_link_leads_to_a_file_and_an_anchor_that_exist()
    {
        foreach (ReportFile file in Files.Where(f => f.Path.EndsWith(".html", StringComparison.Ordinal)))
        {
            string html = Text(file.Path);
            foreach (Match match in Link().Matches(html))
            {
                string[] parts = match.Groups[1].Value.Split('#');
                string there = parts[0].Length == 0 ? html : Page(parts[0]);
                if (parts.Length == 2)
                    there.Should().Contain($"id=\"{parts[1]}\"", "{0} links there", file.Path);
            }
        }
    }

    [Fact]
    public void Anchors_are_unique_within_a_page()
    {
        foreach (string html in Pages())
            Id().Matches(html).Select(m => m.Groups[1].Value).Should().OnlyHaveUniqueItems().And.NotBeEmpty();
    }

    [Fact]
    public void Tags_are_balanced()
    {
        string[] empty = ["meta", "link", "input", "img", "br"];
        foreach (string html in Pages())
        {
            var open = new Stack<string>();
            foreach (Match tag in Tag().Matches(html))
            {
                string name = tag.Groups[2].Value;
                if (tag.Groups[1].Value == "/")
                    open.Pop().Should().Be(name);
                else if (!empty.Contains(name) && !tag.Value.EndsWith("/>", StringComparison.Ordinal))
                    open.Push(name);
            }
            open.Should().BeEmpty();
        }
    }

    [Fact]
    public void Values_drops_and_bounds_are_printed_in_points_with_two_decimals()
    {
        string row = Row(Page("target-rk1808-minmax.html"), "bbox/AP");

        Cells(row).Should().ContainInOrder("points", "higher", "34.10", "21.04", "13.06", "11.01", "15.20", "3.27", "126");
        Cells(Row(Page("target-rk1808-minmax.html"), "latency")).Should().ContainInOrder("ms", "lower", "no value", "8.438");
    }

    [Fact]
    public void A_drop_that_rounds_to_zero_has_no_sign() =>
        Cells(Row(Page("target-tensorrt.html"), "bbox/APm")).Should().Contain("0.00").And.NotContain("-0.00");

    [Fact]
    public void No_value_is_said_in_words_and_nan_never_looks_like_a_number()
    {
        Cells(Row(Page("index.html"), "bbox/AP-crowd")).Count(c => c == "no value").Should().Be(10);
        Cells(Row(Page(HostileFile), "bbox/AP")).Should().ContainInOrder("34.10", "not finite");
        foreach (string html in Pages())
            html.Should().NotContain("NaN").And.NotContain("Infinity").And.NotContain("∞");
    }

    [Fact]
    public void The_banner_gives_the_worst_verdict_with_its_reason_and_names_what_else_does_not_release()
    {
        string banner = Page("index.html").Split("<section class=\"banner is-fail\"")[1].Split("</section>")[0];

        banner.Should().Contain(">Fail<").And.Contain("Does not release").And.Contain("bbox/AP drops by 13.06 points, at least 11.01 at 95 %, and 1.0 is allowed.")
            .And.Contain("Inconclusive").And.Contain("Not run").And.NotContain("stays within");
    }

    [Theory]
    [InlineData(Verdict.Pass, "May be released", "Every clause of the policy holds")]
    [InlineData(Verdict.Inconclusive, "Does not release", "astride the limit")]
    [InlineData(Verdict.NotRun, "Does not release", "The target did not run.")]
    public void Only_a_pass_releases(Verdict verdict, string consequence, string reason)
    {
        VerdictRecord judged = RichRecord.Verdict with
        {
            Verdict = verdict,
            Clauses = [.. RichRecord.Verdict.Clauses.Where(c => c.Verdict == verdict)],
        };

        string html = Utf8(ReportSite.Render(new ReportContent(RichRecord.Run, judged))[0]);

        html.Should().Contain(consequence).And.Contain(reason);
        html.Contains("May be released").Should().Be(verdict == Verdict.Pass);
    }

    [Fact]
    public void A_policy_without_clauses_says_that_nothing_allows_a_release() =>
        Utf8(ReportSite.Render(new ReportContent(RichRecord.Run, RichRecord.Verdict with { Verdict = Verdict.Inconclusive, Clauses = [] }))[0])
            .Should().Contain("nothing allows a release").And.Contain("No clause was judged.");

    [Fact]
    public void A_target_that_did_not_run_says_why_and_what_to_do()
    {
        foreach (string html in new[] { Page("index.html"), Page("target-hi3559.html") })
            html.Should().Contain("No agent answered at 10.0.0.7:8001 within 5 s.").And.Contain("Start `parity-agent` on the board");
        Page("target-hi3559.html").Should().NotContain("id=\"nodes\"").And.NotContain("id=\"findings\"");
    }

    [Fact]
    public void Per_channel_nodes_show_the_range_of_their_scales()
    {
        string html = Page("target-tensorrt.html");

        Cells(RowById(html, "qdq-stem-conv-weight")).Should().ContainInOrder("weight", "int8", "0", "3", "0.00031 to 0.0127", "0", "-1.6256", "1.6129", "stem.conv");
        Cells(RowById(html, "qdq-images")).Should().ContainInOrder("activation", "uint8", "per tensor", "1", "0.0039216", "0", "0", "1");
        RowById(html, "qdq-stem-conv-weight").Should().Contain("backbone.stem.conv.weight");
        RowById(html, "qdq-stem-conv-bias").Should().Contain("not in the float model");
    }

    [Fact]
    public void Decisions_of_a_crowded_stage_are_cut_and_the_page_says_so()
    {
        string table = Page("images-tensorrt.html").Split("id=\"image-139-target\"")[1].Split("</table>")[0];

        Regex.Count(table, "<td>score</td>").Should().Be(100);
        Regex.Count(table, "<td>nms</td>").Should().Be(1);
        table.Should().Contain("131 decisions").And.Contain("Of 130 at stage score the first 100 are shown");
    }

    private static IEnumerable<string> Pages() => Files.Where(f => f.Path.EndsWith(".html", StringComparison.Ordinal)).Select(Utf8);

    private static string Page(string path) => Text(path);

    private static string Text(string path) => Utf8(Files.Single(f => f.Path == path));

    private static string Utf8(ReportFile file) => Encoding.UTF8.GetString(file.Bytes.AsSpan());

    /// <summary>The table row whose header cell is the metric.</summary>
    private static string Row(string html, string metric) => html.Split("<tr").Single(r => r.Contains($"<th scope=\"row\"><code>{metric}</code></th>", StringComparison.Ordinal));

    private static string RowById(string html, string id) => html.Split("<tr").Single(r => r.StartsWith($" id=\"{id}\"", StringComparison.Ordinal));

    private static IEnumerable<string> Cells(string row) =>
        row.Split("<td").Skip(1).Select(c => Tag().Replace("<td" + c.Split("</td>")[0], "").Trim());

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex ScriptTag();

    [GeneratedRegex("(?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("<a [^>]*href=\"([^\"]*)\"")]
    private static partial Regex Link();

    [GeneratedRegex(" id=\"([^\"]*)\"")]
    private static partial Regex Id();

    [GeneratedRegex("<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:\\s[^<>]*)?/?>")]
    private static partial Regex Tag();
}
