using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Suites;
using Parity.Engine.Tests.Fakes;

namespace Parity.Engine.Tests.Suites;

public sealed class SuiteReaderTests : IDisposable
{
    private const string Sound = """
        name: sound
        model: m.onnx
        dataset: {format: fake, count: 3}
        calibration: {format: fake, count: 2}
        preprocessing: {}
        task: {kind: fake}
        targets:
          - tensorrt
          - {profile: tensorrt, name: rescued, keep-float: ["head*"], precision: {float: ["stem"], fp16: ["neck*"], int16: ["body*", "tail"]}, calibrator: percentile, percentile: 99.9}
        policy:
          clauses:
            - bbox/AP drop <= 1.0 points
            - rescued: bbox/AP >= 0.3
          allow-bad-samples: 2
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parity-suite-");

    public SuiteReaderTests() => File.WriteAllText(Path.Combine(_folder.FullName, "m.onnx"), "");

    [Fact]
    public void A_sound_suite_is_read_whole()
    {
        Suite suite = Read(Sound);

        suite.Targets.Select(t => t.Name).Should().Equal("tensorrt", "rescued");
        suite.Targets[1].KeepFloat.Should().Equal("head*", "stem");
        suite.Targets[1].Float16.Should().Equal("neck*");
        suite.Targets[1].Int16.Should().Equal("body*", "tail");
        suite.Targets[1].Percentile.Should().Be(99.9);
        suite.Policy.Clauses.Select(c => c.Target).Should().Equal(null, "rescued");
        suite.Policy.AllowedBadSamples.Should().Be(2);
        suite.Dataset.Samples.Should().HaveCount(3);
        suite.Bootstrap.Should().Be(new BootstrapRecord(1000, 7, 0.95));
    }

    [Fact]
    public void Flags_are_of_the_profile_and_a_wrong_one_is_a_fault_with_its_line()
    {
        string Flagged(string flags) => Sound.Replace("  - tensorrt\n", $"  - {{profile: tensorrt, flags: {flags}}}\n", StringComparison.Ordinal);

        Faults(Flagged("{tie-rule: half-away}")).Should().ContainSingle().Which.Remedy.Should().Be("Leave 'flags' out.");
    }

    [Fact]
    public void A_target_may_be_a_chip_of_a_file_beside_the_suite()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "mine.yaml"), "name: my-chip\nsummary: as TensorRT\nsources: [datasheet]\nbased-on: tensorrt\nquantization: {bias: int32-at-product}\n");
        string With(string profile) => Sound.Replace("  - tensorrt\n", $"  - {{profile: {profile}}}\n", StringComparison.Ordinal);

        TargetRequest target = Read(With("mine.yaml")).Targets[0];

        (target.Name, target.Profile, target.Chip!.Profile.Quantization!.Bias).Should().Be(("my-chip", "my-chip", Parity.Lowering.BiasRule.Int32AtProduct));
        Faults(With("yours.yaml")).Should().ContainSingle().Which.What.Should().StartWith("there is no profile").And.EndWith("yours.yaml'");
        Faults(With("mine.yaml, flags: {tie-rule: half-away}")).Should().ContainSingle().Which.What.Should().Be("my-chip has no flag 'tie-rule'");
    }

    [Fact]
    public void Five_mistakes_are_reported_at_once_each_with_line_and_remedy()
    {
        const string wrong = """
            name: wrong
            model: nowhere.onnx
            dataset: {format: fake, count: 3}
            calibraton: {format: fake, count: 2}
            preprocessing: {}
            task: {kind: fake}
            targets:
              - tensortr
            policy:
              clauses:
                - bbox/AP dropp <= 1.0 points
              allow-bad-samples: many
            """;

        var faults = Faults(wrong);

        faults.Select(f => f.Where).Should().Contain(w => w.Contains(":2")).And.Contain(w => w.Contains(":4")).And.Contain(w => w.Contains(":8"))
            .And.Contain(w => w.Contains(":11")).And.Contain(w => w.Contains(":12"));
        faults.Should().Contain(f => f.What.Contains("nowhere.onnx"));
        faults.Should().Contain(f => f.What.Contains("calibraton") && f.Remedy.Contains("calibration"));
        faults.Should().Contain(f => f.What.Contains("tensortr") && f.Remedy.Contains("tensorrt"));
        faults.Should().Contain(f => f.What.Contains("dropp"));
        faults.Should().Contain(f => f.What.Contains("many"));
        faults.Should().OnlyContain(f => f.Remedy.Length > 0);
    }

    [Fact]
    public void Text_that_is_no_YAML_is_a_fault_with_its_line()
    {
        var faults = Faults("name: x\n  broken: [");

        faults.Should().ContainSingle().Which.Where.Should().StartWith("suite.yaml:");
    }

    [Fact]
    public void An_empty_file_names_every_missing_section()
    {
        var faults = Faults("other: 1");

        foreach (string key in new[] { "name", "model", "dataset", "preprocessing", "task", "targets", "policy" })
            faults.Should().Contain(f => f.What.Contains($"'{key}'"), key);
    }

    [Fact]
    public void A_target_that_is_calibrated_needs_a_calibration_section()
    {
        var faults = Faults(Sound.Replace("calibration: {format: fake, count: 2}\n", ""));

        faults.Should().ContainSingle().Which.What.Should().Contain("calibration");
    }

    [Fact]
    public void Two_targets_of_one_name_are_a_fault() =>
        Faults(Sound.Replace("name: rescued", "name: tensorrt").Replace("- rescued: bbox", "- tensorrt: bbox")).Should().ContainSingle().Which.What.Should().Contain("two targets");

    [Fact]
    public void A_clause_for_an_unknown_target_is_a_fault() =>
        Faults(Sound.Replace("- rescued: bbox", "- rescue: bbox")).Should().ContainSingle().Which.What.Should().Contain("rescue");

    [Fact]
    public void An_unknown_target_on_the_command_line_is_a_fault()
    {
        Action read = () => SuiteReader.Parse(Sound, "suite.yaml", _folder.FullName, ["rk1808"], null, Parts);

        read.Should().Throw<FaultException>().Which.Faults.Should().ContainSingle().Which.Remedy.Should().Contain("rescued");
    }

    [Fact]
    public void Limit_keeps_the_first_samples() =>
        SuiteReader.Parse(Sound, "suite.yaml", _folder.FullName, [], 2, Parts).Dataset.Samples.Select(s => s.Id).Should().Equal("0", "1");

    public void Dispose() => _folder.Delete(recursive: true);

    private static SuiteParts Parts { get; } = new(
        [new FakeFormat()], [new FakeKind()], s => { s.RejectUnknown(); return new FakePreprocessor(); }, [new FakeBackend()], ["tensorrt"], ["min-max", "percentile"]);

    private Suite Read(string text) => SuiteReader.Parse(text, "suite.yaml", _folder.FullName, [], null, Parts);

    private ImmutableArray<Fault> Faults(string text)
    {
        Action read = () => Read(text);
        return read.Should().Throw<FaultException>().Which.Faults;
    }

    private sealed class FakeFormat : IDatasetFormat
    {
        public string Name => "fake";

        public IDataset? Open(Settings settings, string root) => new FakeDataset(settings.Integer("count"));
    }

    private sealed class FakeKind : ITaskKind
    {
        public string Name => "fake";

        public ITask? Create(Settings settings, IDataset dataset) => new FakeTask();
    }

    private sealed class FakeBackend : IBackend
    {
        public string Name => "cpu";

        public Availability Availability => Availability.Ready;

        public ISession Open(SessionRequest request) => new FakeSession(x => x);
    }
}
