using System.Collections.Immutable;
using System.Text;
using Parity.Core;

namespace Parity.Reports.Tests;

public sealed class TwinAndNoiseFloorTests
{
    private static DropRecord Drop(double reference, double target) =>
        new("bbox/AP", "fraction", reference, target, reference - target, reference - target - 0.001, reference - target + 0.001, 0.001, 128);

    [Fact]
    public void A_ready_model_shows_what_its_weights_and_what_quantization_changed()
    {
        RunRecord run = RichRecord.Run;
        run = run with { Targets = run.Targets.SetItem(0, run.Targets[0] with { Twin = new TwinRecord([], [Drop(0.4000, 0.3922)], [Drop(0.3922, 0.3777)]) }) };

        string page = Page(run, "target-tensorrt.html");

        page.Should().Contain("id=\"twin\"").And.Contain("39.22").And.Contain("0.78").And.Contain("1.45");
        Page(RichRecord.Run, "target-tensorrt.html").Should().NotContain("id=\"twin\"");
    }

    [Fact]
    public void The_provenance_shows_the_reference_against_itself()
    {
        RunRecord run = RichRecord.Run;
        var differences = ImmutableSortedDictionary<string, double>.Empty.Add("bbox/AP", 0.0001).Add("bbox/AP50", -0.0025);
        run = run with { Reference = run.Reference with { NoiseFloor = [new NoiseFloorRecord("not optimised", run.Reference.Arithmetic, 128, 97, differences)] } };

        string page = Page(run, "provenance.html");

        page.Should().Contain("not optimised").And.Contain("97 of 128").And.Contain("<code>bbox/AP50</code>").And.Contain("0.25");
        Page(RichRecord.Run, "provenance.html").Should().NotContain("noise-floor");
    }

    private static string Page(RunRecord run, string path) =>
        Encoding.UTF8.GetString(ReportSite.Render(new ReportContent(run, RichRecord.Verdict)).Single(f => f.Path == path).Bytes.AsSpan());
}
