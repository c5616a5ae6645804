using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Parity.Engine.Runs;

namespace Parity.Cli.Tests;

/// <summary>The published schemas of the run folder say what the records are, and a run keeps to them.</summary>
public sealed class SchemaTests(GoodRun run) : IClassFixture<GoodRun>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = RunJson.Files.Options.Encoder };

    public static TheoryData<string, string> Files => new() { { "run.json", "run.schema.json" }, { "verdict.json", "verdict.schema.json" }, { "findings.json", "findings.schema.json" } };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_run_keeps_to_the_published_schema(string file, string schema)
    {
        JsonNode record = JsonNode.Parse(File.ReadAllText(Path.Combine(run.Suite.Out, file)))!;

        new SchemaCheck(JsonNode.Parse(File.ReadAllText(Published(schema)))!.AsObject()).Faults(record).Take(10).Should().BeEmpty();
    }

    [Fact]
    public void A_missing_wrong_or_unknown_property_breaks_the_schema()
    {
        var check = new SchemaCheck(JsonNode.Parse(File.ReadAllText(Published("verdict.schema.json")))!.AsObject());
        JsonObject Verdict() => JsonNode.Parse(File.ReadAllText(Path.Combine(run.Suite.Out, "verdict.json")))!.AsObject();
        JsonObject missing = Verdict(), wrong = Verdict(), unknown = Verdict();
        missing.Remove("policy");
        wrong["verdict"] = "perhaps";
        unknown["clauses"]![0]!["colour"] = "red";

        check.Faults(missing).Should().ContainSingle().Which.Should().Contain("policy");
        check.Faults(wrong).Should().ContainSingle().Which.Should().Contain("$.verdict");
        check.Faults(unknown).Should().ContainSingle().Which.Should().Contain("colour");
    }

    /// <summary>PARITY_APPROVE=1 writes the schemas anew.</summary>
    [Fact]
    public void The_published_schemas_are_those_of_the_records()
    {
        var schemas = new RecordSchema(XDocument.Load(Path.Combine(AppContext.BaseDirectory, "Parity.Core.xml")));
        foreach ((string file, JsonObject schema) in new[]
        {
            ("run.schema.json", schemas.Of(RunJson.Files.RunRecord, "run.json of a Parity run folder")),
            ("findings.schema.json", schemas.Of(RunJson.Files.FindingsRecord, "findings.json of a Parity run folder")),
            ("verdict.schema.json", schemas.Of(RunJson.Files.VerdictRecord, "verdict.json of a Parity run folder")),
        })
        {
            string text = schema.ToJsonString(Indented) + "\n";
            if (Environment.GetEnvironmentVariable("PARITY_APPROVE") == "1")
                File.WriteAllText(Published(file), text);

            File.ReadAllText(Published(file)).Should().Be(text, "a record has changed: look at the change, then approve it with PARITY_APPROVE=1");
            text.Should().Contain("\"description\"");
        }
    }

    private static string Published(string schema) => Path.Combine(Repository.Root, "harness", "Parity.Engine", "Runs", schema);
}
