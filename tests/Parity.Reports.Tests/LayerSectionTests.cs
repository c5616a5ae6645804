using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Parity.Core;
using Parity.Reports.Layers;
using Parity.Reports.Targets;

namespace Parity.Reports.Tests;

public sealed partial class LayerSectionTests
{
    private static readonly string Html = Page(RichRecord.Run);
    private static readonly string Section = Html.Split("<h2 id=\"layers\">")[1].Split("<h2 id=\"quantizers\">")[0];
    private static readonly ImmutableArray<LayerPlace> Layers = new TargetMap(RichRecord.Run.Targets[0]).Layers;

    [Fact]
    public void Sections_stand_between_metrics_and_nodes() =>
        Heading().Matches(Html).Select(m => m.Groups[1].Value).Should().ContainInOrder("metrics", "findings", "layers", "quantizers", "taps", "nodes", "counts");

    [Fact]
    public void A_layer_stands_in_the_table_with_all_its_measures()
    {
        string row = Row("layer-script-alert-1-script");

        Cells(row).Should().Equal("5", "compared", "17.5", "9.0", "0.9987", "0.0026", "1.25", "-0.00042", "139");
        row.Should().Contain("on the target: &quot;&gt;&lt;b&gt;quantized&lt;/b&gt;").And.Contain("href=\"images-tensorrt.html#image-139\"")
            .And.Contain("href=\"nodes-tensorrt.html#node-script-alert-1-script\"");
    }

    [Theory]
    [InlineData("layer-images", "1", "exact", "exact", "exact", "1", "0", "0", "0", "285 &lt;b&gt;")]
    [InlineData("layer-backbone-dark3-2-act", "8", "not finite on 1 of 3", "23.5", "not finite", "0.9987", "0.0026", "1.25", "-0.00042", "9999")]
    [InlineData("layer-backbone-dark3-3-act", "9", "not finite", "not finite", "not finite", "not finite", "not finite", "not finite", "not finite", "285 &lt;b&gt;")]
    [InlineData("layer-head-silent", "10", "no signal", "no signal", "no signal", "no signal", "no signal", "no signal", "no signal", "285 &lt;b&gt;")]
    [InlineData("layer-head-none", "12", "nothing compared", "nothing compared", "nothing compared", "nothing compared", "nothing compared", "nothing compared", "nothing compared", "none")]
    [InlineData("layer-head-nan", "13", "compared", "not finite", "not finite", "0.9987", "0.0026", "1.25", "-0.00042", "139")]
    public void What_has_no_value_says_why(string id, params string[] cells) => Cells(Row(id)).Should().Equal(cells);

    [Fact]
    public void Sorting_by_sqnr_puts_exact_above_and_not_finite_below_every_value()
    {
        double Key(string id) => double.Parse(Regex.Matches(Row(id), "data-value=\"([^\"]*)\"")[1].Groups[1].Value, CultureInfo.InvariantCulture);

        new[] { "layer-images", "layer-backbone-stem-conv", "layer-head-out", "layer-head-silent", "layer-backbone-dark3-3-act" }
            .Select(Key).Should().BeInDescendingOrder().And.OnlyHaveUniqueItems();
        Row("layer-head-none").Should().Contain("data-value=\"\">nothing compared");
    }

    [Fact]
    public void The_chart_puts_each_median_at_its_height_and_the_rest_in_lanes_of_their_own()
    {
        string svg = Section.Split("<svg class=\"layers\"")[1].Split("</svg>")[0];
        var drawn = Median().Matches(svg).Select(m => (X: Number(m.Groups[1].Value), Y: Number(m.Groups[2].Value))).ToArray();

        drawn.Should().HaveCount(RichProbe.MedianDb.Count);
        foreach (((int number, double decibels), (double x, double y)) in RichProbe.MedianDb.Zip(drawn, (layer, dot) => ((layer.Key, layer.Value), dot)))
        {
            // 13 columns between 62 and 1,168; the axis runs from 50 dB at 34 to -10 dB at 268.
            x.Should().BeApproximately(62 + (number - 0.5) * 1106 / 13, 0.01);
            y.Should().BeApproximately(34 + (50 - decibels) / 60 * 234, 0.01);
        }
        Regex.Count(svg, "class=\"exact\"").Should().Be(2);
        // The worst of layer 8, layers 9, 10 and 12, and the one of which the record holds a number that is none.
        Regex.Count(svg, "class=\"bad\"").Should().Be(8);
        Regex.Count(svg, "<a class=\"layer\"").Should().Be(13);
        Regex.Count(svg, "tabindex=\"0\"").Should().Be(1);
        svg.Should().Contain("accumulated SQNR, dB").And.Contain("layer, in the order of the float model");
    }

    [Fact]
    public void Pointing_at_a_layer_tells_its_name_and_figures() =>
        Section.Should().Contain("<title>5 &lt;script&gt;alert(1)&lt;/script&gt;: accumulated SQNR 17.5 dB, worst 9.0 dB on image 139, cosine 0.9987</title>")
            .And.Contain("<title>1 images: accumulated SQNR exact, worst exact on image 285 &lt;b&gt;, cosine 1</title>");

    [Fact]
    public void Falls_are_counted_from_the_last_layer_that_has_an_sqnr()
    {
        LayerFall.Largest(Layers, 4).Select(f => (f.Layer.Number, f.Before.Number, f.FallDb)).Should().Equal((11, 8, 26.625), (5, 3, 20.5), (3, 2, 3.25), (6, 5, 1.5));

        string list = Section.Split("<h3 id=\"falls\">")[1].Split("</ol>")[0];
        Regex.Matches(list, "<li>\\s*<a href=\"#([^\"]*)\"").Select(m => m.Groups[1].Value)
            .Should().Equal("layer-head-out", "layer-script-alert-1-script", "layer-backbone-dark2-concat", "layer-backbone-dark3-0-act", "layer-backbone-dark3-2-act");
        list.Should().Contain("-26.6 dB").And.Contain("to -3.1 dB, after");
    }

    [Fact]
    public void The_first_layer_that_is_not_finite_is_named() =>
        Section.Should().Contain("2 of 13 tensors hold values that are infinite or no number").And.MatchRegex("The first is\\s+<a href=\"#layer-backbone-dark3-2-act\">");

    [Fact]
    public void Every_heading_and_caption_says_that_the_divergence_is_accumulated()
    {
        foreach (Match heading in Titled().Matches(Section))
            heading.Groups[1].Value.ToLowerInvariant().Should().Contain("accumulated");
    }

    [Fact]
    public void A_long_table_is_folded_away_and_a_short_one_is_not()
    {
        TargetRecord target = RichRecord.Run.Targets[0];
        ProbeRecord probe = target.Probe!;
        ProbeRecord longer = probe with { Layers = [.. Enumerable.Range(0, 41).Select(i => probe.Layers[1] with { Reference = $"t{i}" })] };

        Section.Should().MatchRegex("<details class=\"long\" open(=\"\")?>");
        Page(RichRecord.Run with { Targets = [target with { Probe = longer }] }).Should().MatchRegex("<details class=\"long\">\\s*<summary>All 41 layers");
    }

    [Fact]
    public void One_outlier_does_not_flatten_the_chart()
    {
        TargetRecord target = RichRecord.Run.Targets[0];
        Divergence far = target.Probe!.Layers[1] with { SqnrDb = target.Probe.Layers[1].SqnrDb with { Worst = -4000 } };

        string html = Page(RichRecord.Run with { Targets = [target with { Probe = target.Probe with { Layers = [far] } }] });

        html.Should().Contain("1 layers from 30 to 45 dB").And.Contain("worst -4000.0 dB");
    }

    [Theory]
    [InlineData(new[] { -3.125, 41.25 }, -10, 50, 10)]
    [InlineData(new[] { 7.0 }, 5, 10, 5)]
    [InlineData(new[] { 10.0 }, 10, 15, 5)]
    [InlineData(new double[0], 0, 5, 5)]
    [InlineData(new[] { -380.0, 300.0 }, -400, 300, 100)]
    public void An_axis_begins_and_ends_on_a_tick(double[] values, double from, double to, double step)
    {
        DecibelAxis axis = DecibelAxis.Holding(values);

        axis.Should().Be(new DecibelAxis(from, to, step));
        (axis.Ticks[0], axis.Ticks[^1]).Should().Be((from, to));
    }

    [Fact]
    public void A_target_without_probe_images_says_so()
    {
        string html = Page(RichRecord.Run with { Targets = [RichRecord.Run.Targets[0] with { Probe = null }] });

        html.Should().Contain("no probe images").And.NotContain("id=\"layers\"").And.Contain("id=\"nodes\"");
    }

    [Fact]
    public void The_overview_names_the_lowest_layer_and_the_worst_quantizer() =>
        Encoding.UTF8.GetString(ReportSite.Render(new ReportContent(RichRecord.Run, RichRecord.Verdict))[0].Bytes.AsSpan())
            .Should().Contain("<strong>-3.1 dB</strong> at <a href=\"target-tensorrt.html#layer-head-out\">")
            .And.Contain("<strong>4.5 dB</strong> at <a href=\"nodes-tensorrt.html#node-script-alert-1-script\">");

    private static string Page(RunRecord run) => Encoding.UTF8.GetString(ReportSite.Render(new ReportContent(run, RichRecord.Verdict))[1].Bytes.AsSpan());

    private static string Row(string id) => Section.Split("<tr").Single(r => r.StartsWith($" id=\"{id}\"", StringComparison.Ordinal)).Split("</tr>")[0];

    private static IEnumerable<string> Cells(string row) => row.Split("<td").Skip(1).Select(c => Regex.Replace("<td" + c.Split("</td>")[0], "<[^>]*>", "").Trim());

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("<h2 id=\"([^\"]*)\"")]
    private static partial Regex Heading();

    [GeneratedRegex("<(?:h3|caption|summary)[^>]*>(.*?)</", RegexOptions.Singleline)]
    private static partial Regex Titled();

    [GeneratedRegex("<circle class=\"median\" cx=\"([^\"]*)\" cy=\"([^\"]*)\"")]
    private static partial Regex Median();
}
