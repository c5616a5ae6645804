using System.Text.Json;

namespace Parity.Cli.Tests;

/// <summary>Stages between reference and target, each measured, on a suite whose one target has an NMS of its own.</summary>
public sealed class WaterfallTests : IDisposable
{
    private readonly SmallSuite _suite = new();

    public WaterfallTests()
    {
        _suite.WriteSuite(SmallSuite.Yaml.Replace("  - tensorrt\n", """
              - {profile: rk1808, waterfall: true, post-processing: {max-detections: 1}}

            """));
        CommandLine.Result result = CommandLine.Run("run", _suite.Path("suite.yaml"), "--out", _suite.Out);
        result.ExitCode.Should().BeInRange(0, 2, result.Error + result.Output);
    }

    private JsonElement Target => _suite.Json("run.json").GetProperty("targets")[0];

    [Fact]
    public void The_drops_of_the_stages_add_up_to_the_drop_of_the_target()
    {
        double total = Target.GetProperty("drops")[0].GetProperty("drop").GetDouble();
        Measured().Skip(1).Sum(s => s.GetProperty("drops")[0].GetProperty("drop").GetDouble()).Should().BeApproximately(total, 1e-12);
        Measured().First().GetProperty("drops").GetArrayLength().Should().Be(0);
        Measured().First().GetProperty("stage").GetString().Should().Be("float");
    }

    [Fact]
    public void A_stage_without_figures_says_why_and_has_none()
    {
        JsonElement device = Stages().Single(s => s.GetProperty("stage").GetString() == "device");
        device.GetProperty("missing").GetString().Should().Contain("no device");
        device.GetProperty("measurements").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public void The_targets_own_limit_of_detections_is_a_stage_and_loses_boxes_by_it()
    {
        JsonElement stage = Measured().Last();
        stage.GetProperty("stage").GetString().Should().Be("post-processing");
        stage.GetProperty("drops")[0].GetProperty("drop").GetDouble().Should().BePositive("each picture has several squares and one may stay");
        JsonElement counts = Target.GetProperty("counts");
        counts.GetProperty("lost.limit").GetInt32().Should().BePositive();
        (counts.GetProperty("matched").GetInt32() + counts.GetProperty("lost").GetInt32()).Should().Be(counts.GetProperty("reference.final").GetInt32());
        JsonElement change = Target.GetProperty("images")[0].GetProperty("changes")[0];
        change.GetProperty("kind").GetString().Should().Be("lost");
        change.GetProperty("reason").GetString().Should().Be("limit");
    }

    public void Dispose() => _suite.Dispose();

    private IEnumerable<JsonElement> Stages() => Target.GetProperty("waterfall").EnumerateArray();

    private IEnumerable<JsonElement> Measured() => Stages().Where(s => s.GetProperty("missing").ValueKind == JsonValueKind.Null);
}
