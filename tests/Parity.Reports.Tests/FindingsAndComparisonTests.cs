using System.Text;
using System.Text.RegularExpressions;
using Parity.Core;

namespace Parity.Reports.Tests;

public sealed partial class FindingsAndComparisonTests
{
    private static readonly string Target = Page("target-rk1808-minmax.html");
    private static readonly string Comparison = Page("comparison.html");

    [Fact]
    public void A_finding_gives_its_figures_its_swap_test_and_leads_to_the_guilty_node()
    {
        string card = Target.Split("id=\"finding-1\"")[1].Split("</li>\n    ")[0];

        Words(card).Should().Contain("range-too-wide likely").And.Contain("codes used: 0.125 of all against 0.25").And.Contain("kurtosis: no value")
            .And.Contain("bbox/AP goes from 21.04 to 30.11 points, a drop of -9.07");
        card.Should().Contain("href=\"nodes-rk1808-minmax.html#node-script-alert-1-script\"").And.NotContain("<b>");
    }

    [Fact]
    public void The_node_names_the_finding_and_an_operator_without_quantizer_is_shown_in_the_graph()
    {
        Page("nodes-rk1808-minmax.html").Split("id=\"node-script-alert-1-script\"")[1].Split("</article>")[0].Should().Contain("href=\"target-rk1808-minmax.html#finding-1\"");
        Target.Should().Contain("href=\"graph-rk1808-minmax.html#op-backbone-dark2\"").And.Contain("Not proved: backbone.dark2 in float was not run.");
    }

    [Fact]
    public void Nothing_found_and_nobody_looked_are_different_things()
    {
        Page("target-tensorrt.html").Should().Contain("No rule found anything. That proves nothing by itself");
        Encoding.UTF8.GetString(ReportSite.Render(new ReportContent(RichRecord.Run, RichRecord.Verdict))[1].Bytes.AsSpan()).Should().Contain("No rule looked at this run");
    }

    [Fact]
    public void The_comparison_tells_better_worse_new_and_gone_without_colour()
    {
        Words(Comparison).Should().Contain("tensorrt ▲ better").And.Contain("mlu220 − gone").And.Contain("+ new").And.Contain("? cannot be told")
            .And.Contain("the tool: parity 0.0.9 before, parity 0.1.0 now").And.Contain("Fail → now Pass bbox/AP drop <= 1.0 points").And.Contain("no longer judged");
        Words(Comparison.Split("id=\"compared-tensorrt-layers\"")[1]).Should().Contain("backbone.stem.conv dB 44.0 41.25 -2.75 ▼ worse");
    }

    private static string Page(string path) => Encoding.UTF8.GetString(ReportSite.Render(RichRecord.Content).Single(f => f.Path == path).Bytes.AsSpan());

    private static string Words(string html) => Spaces().Replace(System.Net.WebUtility.HtmlDecode(Tags().Replace(html, " ")), " ");

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();
}
