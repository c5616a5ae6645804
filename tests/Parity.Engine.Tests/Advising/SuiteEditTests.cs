using Parity.Core;
using Parity.Engine.Advising;
using Parity.Engine.Suites;

namespace Parity.Engine.Tests.Advising;

public sealed class SuiteEditTests
{
    private const string Text = """
        # A suite.
        name: mine   # kept
        targets:
          - tensorrt        # as it is
          - {profile: rk1808, name: mixed, keep-float: ["*old*"], calibrator: percentile}
          - profile: rk1808
            name: block      # a comment
            precision:
              float: ["*old*"]
              fp16: [other]
            percentile: 99.9
          - keep-float: [gone]
            profile: rk1808
        policy:
          clauses:
            - bbox/AP drop <= 1.0 points

        """;

    private static readonly PlanRecord Plan = new("", ["/head/*", "a \"b\""], []) { Int16 = ["c"] };

    private const string Entry = """precision: {float: ["/head/*", "a \"b\""], int16: ["c"]}""";

    [Fact]
    public void A_name_becomes_a_mapping() =>
        SuiteEdit.Write(Text, 0, Plan).Should().Be(Text.Replace("- tensorrt  ", $"- {{profile: tensorrt, {Entry}}}  "));

    [Fact]
    public void A_mapping_on_one_line_keeps_its_other_entries() =>
        SuiteEdit.Write(Text, 1, Plan).Should().Be(Text.Replace("""{profile: rk1808, name: mixed, keep-float: ["*old*"], calibrator: percentile}""", $"{{profile: rk1808, name: mixed, calibrator: percentile, {Entry}}}"));

    [Fact]
    public void A_mapping_on_lines_keeps_its_other_lines_with_their_comments() =>
        SuiteEdit.Write(Text, 2, Plan).Should().Be(Text.Replace("    precision:\n      float: [\"*old*\"]\n      fp16: [other]\n    percentile: 99.9\n", $"    percentile: 99.9\n    {Entry}\n"));

    [Fact]
    public void The_first_entry_may_be_the_one_that_goes() =>
        SuiteEdit.Write(Text, 3, Plan).Should().Be(Text.Replace("  - keep-float: [gone]\n    profile: rk1808", $"  - profile: rk1808\n    {Entry}"));

    [Fact]
    public void What_is_written_reads_back_as_the_plan()
    {
        for (int target = 0; target < 4; target++)
        {
            var faults = new FaultList();
            var item = YamlSettings.Parse(SuiteEdit.Write(Text, target, Plan), "suite.yaml", faults).Items("targets")[target].Section!;
            var precision = item.Section("precision");
            precision.Texts("float", []).Should().Equal(Plan.KeepFloat);
            precision.Texts("int16", []).Should().Equal(Plan.Int16);
            item.Has("keep-float").Should().BeFalse();
            faults.Count.Should().Be(0);
        }
    }

    [Fact]
    public void A_target_that_is_not_there_is_a_fault() => FluentActions.Invoking(() => SuiteEdit.Write(Text, 4, Plan)).Should().Throw<FaultException>();
}
