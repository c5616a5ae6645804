using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Parity.Core;
using Parity.Reports.Quantizers;
using Parity.Reports.Targets;

namespace Parity.Reports.Tests;

public sealed class QuantizerSectionTests
{
    private const string Card = "node-script-alert-1-script";
    private static readonly string Html = Page(RichRecord.Run.Targets[0]);
    private static readonly string Nodes = Page(RichRecord.Run.Targets[0], "nodes-tensorrt.html");
    private static readonly string Section = Html.Split("<h2 id=\"quantizers\">")[1].Split("<h2 id=\"taps\">")[0];

    [Fact]
    public void The_worst_come_first_and_what_has_no_figure_last()
    {
        ImmutableArray<NodePlace> ranked = [.. NodePlace.WorstFirst(new TargetMap(RichRecord.Run.Targets[0]).Nodes)];

        ranked[0].Measured!.Tensor.NonFinite.Should().Be(7);
        ranked[1].Measured!.Tensor.SqnrDb.Should().Be(4.5);
        ranked[1..^3].Select(p => p.Measured!.Tensor.SqnrDb).Should().BeInAscendingOrder().And.NotContainNulls();
        ranked[^3].IsExact.Should().BeTrue();
        ranked[^2].Measured!.View.Should().Be(QuantizationView.Codes);
        ranked[^1].Measured!.Tensor.Count.Should().Be(0);
        ranked.Select(QuantizerText.Sqnr).Should().StartWith(["not finite", "4.5"]).And.EndWith(["exact", "only codes seen", "no value"]);
    }

    [Fact]
    public void A_row_shows_noise_clipping_and_codes_and_leads_to_histogram_and_layer()
    {
        string row = Section.Split("<tr>").Single(r => r.Contains($"<a href=\"nodes-tensorrt.html#{Card}\">&lt;script&gt;", StringComparison.Ordinal)).Split("</tr>")[0];

        Cells(row).Should().Equal("4.5", "0.0125", "0.00064", "0.25", "0.0021 %", "3.1 %", "130 (50.8 %)", "17.5");
        row.Should().Contain("href=\"#layer-script-alert-1-script\"");
    }

    [Fact]
    public void Every_node_has_an_entry_with_its_figures_neighbours_and_ways_back()
    {
        Regex.Count(Nodes, "<article class=\"card node-card\" id=\"node-").Should().Be(RichRecord.Run.Targets[0].Qdq.Length);
        string card = Nodes.Split($"<article class=\"card node-card\" id=\"{Card}\"")[1].Split("</article>")[0];
        string text = Regex.Replace(Regex.Replace(card, "<[^>]*>", ""), "\\s+", " ");

        card.Should().Contain("href=\"target-tensorrt.html#qdq-script-alert-1-script\"").And.Contain("href=\"target-tensorrt.html#layer-script-alert-1-script\"").And.NotContain("<script>");
        text.Should().Contain("0.0021 % below, 3.1 % above").And.Contain("0.00064 against 0.25 expected").And.Contain("130 (50.8 %)").And.Contain("0.0873").And.Contain("made by &quot;&gt;&lt;b&gt;x&lt;/b&gt; com.example.Odd").And.Contain("read by head/cls_preds.0").And.Contain("quantizer before: backbone.dark2.concat")
            .And.Contain("-12.5 to 15.75");
        Html.Split("<tr id=\"qdq-script-alert-1-script\"")[1].Split("</tr>")[0].Should().Contain($"href=\"nodes-tensorrt.html#{Card}\"").And.Contain("href=\"#layer-script-alert-1-script\"");
    }

    [Fact]
    public void The_histogram_draws_every_bin_that_has_values_and_the_clipped_outside_the_grid()
    {
        QuantizationDivergence measured = RichRecord.Run.Targets[0].Probe!.Quantizers[1];
        string svg = Nodes.Split($"id=\"{Card}\"")[1].Split("</svg>")[0];
        string bars = Regex.Match(svg, "class=\"bars\" d=\"([^\"]*)\"").Groups[1].Value;
        var tops = Regex.Matches(bars, "V([\\d.]+)H([\\d.]+)").Select(m => (End: Number(m.Groups[2].Value), Y: Number(m.Groups[1].Value))).Where(t => t.Y < 136).ToArray();

        tops.Should().HaveCount(measured.Histogram!.Counts.Count(c => c > 0));
        tops.MinBy(t => t.Y).End.Should().BeApproximately(50 + (-11 + 128 + 1) * 308 / 256.0, 0.01, "the zero point -11 is the fullest code");
        tops.Should().OnlyContain(t => t.Y > 12 && t.Y < 136);
        Regex.Count(svg, "class=\"beyond\"").Should().Be(2);
        svg.Should().Contain("-128 = -10.21").And.Contain("127 = 12.05").And.Contain("zero point -11").And.Contain("21 values below, 31,000 above");
        // Seen: -12.5 to 15.75 leave the grid on both sides, so both ends are arrows.
        Regex.Match(svg, "class=\"seen\" d=\"([^\"]*)\"").Groups[1].Value.Should().Be("M43 1L38 5L43 9M38 5H370M365 1L370 5L365 9");
    }

    [Fact]
    public void A_quantizer_that_met_no_number_says_so_and_draws_nothing()
    {
        string card = Nodes.Split("<article").Single(a => a.Contains("7 of 1,000 values are infinite or no number", StringComparison.Ordinal));

        card.Should().NotContain("<svg class=\"codes\"").And.Contain("not finite").And.NotContain("Rounding error").And.NotContain("Clipped");
    }

    [Fact]
    public void Where_only_codes_were_seen_clipping_cannot_be_told()
    {
        TargetRecord target = RichRecord.Run.Targets[0];

        Page(target with { Probe = target.Probe! with { Quantizers = [target.Probe.Quantizers[3]] } }, "nodes-tensorrt.html")
            .Should().Contain("cannot be told from codes; lowest code 40.0 %, highest 1.0 %");
    }

    [Fact]
    public void Taps_that_change_an_output_are_told_with_the_difference()
    {
        string taps = Regex.Replace(Regex.Replace(Html.Split("<h2 id=\"taps\">")[1].Split("</section>")[0], "<[^>]*>", ""), "\\s+", " ");

        taps.Should().Contain("Float model: tapped outputs equal untapped ones bit for bit on 3 of 3 probe images.")
            .And.Contain("Target: taps changed output. It equals the untapped output on 2 of 3 probe images and differs by at most 0.0125.")
            .And.Contain("taps changed &lt;b&gt;scores&lt;/b&gt;").And.Contain("by at most not finite")
            .And.Contain("backbone.fused.&lt;script&gt;alert(3)&lt;/script&gt;").And.Contain("fused into &lt;b&gt;the&lt;/b&gt; convolution before it");
    }

    [Theory]
    [InlineData(0.0, "0 %")]
    [InlineData(0.000021, "0.0021 %")]
    [InlineData(0.00000014, "0.000014 %")]
    [InlineData(1e-12, "below 0.000001 %")]
    [InlineData(0.0063, "0.63 %")]
    [InlineData(0.5, "50.0 %")]
    [InlineData(null, "no value")]
    [InlineData(double.NaN, "not finite")]
    public void A_rare_share_is_told_from_none(double? share, string expected) => NumberText.RareShare(share).Should().Be(expected);

    private static string Page(TargetRecord target, string file = "target-tensorrt.html") =>
        Encoding.UTF8.GetString(ReportSite.Render(new ReportContent(RichRecord.Run with { Targets = [target] }, RichRecord.Verdict)).Single(f => f.Path == file).Bytes.AsSpan());

    private static IEnumerable<string> Cells(string row) => row.Split("<td").Skip(1).Select(c => Regex.Replace("<td" + c.Split("</td>")[0], "<[^>]*>", "").Trim());

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
