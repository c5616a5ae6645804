using System.Collections.Immutable;
using System.Reflection;
using Parity.Adapters.OnnxRuntime;
using Parity.Core;
using Parity.Lowering;

namespace Parity.Conformance.Tests;

/// <summary>What is right passes, what is a little wrong fails with a counterexample, and what cannot run is not run.</summary>
public sealed class ConformanceRunTests
{
    private static readonly OnnxRuntimeBackend Cpu = new(ExecutionProvider.Cpu);

    public static TheoryData<string> EveryTarget => [.. ConformanceRules.Targets.Where(t => ConformanceRules.All.Any(r => r.AppliesTo(new Subject(t, TargetProfiles.All.FirstOrDefault(p => p.Name == t), Cpu, ""))))];

    [Theory]
    [MemberData(nameof(EveryTarget))]
    public void Every_target_holds_as_it_is_emulated_on_ONNX_Runtime_and_scales_by_the_values_at_hand_are_said_not_to_be_held(string target)
    {
        ConformanceRecord record = ConformanceRun.Of(target, Cpu, null);

        record.Rules.Should().NotBeEmpty();
        bool dynamic = TargetProfiles.All.FirstOrDefault(p => p.Name == target)?.Quantization?.Activations.Time == ScaleTime.Dynamic;
        foreach (RuleResult rule in record.Rules)
        {
            bool held = !dynamic || !rule.Rule.Contains("quantize", StringComparison.Ordinal);
            (rule.Passed, rule.NotRun, rule.Counterexample).Should().Be((held ? rule.Vectors : 0, held ? 0 : rule.Vectors, null), rule.Rule);
        }
    }

    [Theory]
    [InlineData("hi3559", 13)]
    [InlineData("mlu220", 30)]
    [InlineData("rk3588", 22)]
    public void Every_golden_vector_of_the_specification_is_in(string target, int least) =>
        ConformanceRun.Of(target, Cpu, null).Rules.Sum(r => r.Vectors).Should().BeGreaterThanOrEqualTo(least);

    [Fact]
    public void A_backend_that_adds_one_to_some_answers_fails_with_the_first_of_them()
    {
        ConformanceRecord record = ConformanceRun.Of("rk1808", new Altering(Cpu, session => new OffByOne(session)), null);

        foreach (string rule in new[] { "quantize", "quantize per channel", "dequantize", "TopK, ties" })
        {
            RuleResult result = record.Rules.Single(r => r.Rule == rule);
            result.Failed.Should().BePositive(rule);
            result.Counterexample.Should().MatchRegex("^.+: expected .+, got .+$");
        }
        record.Rules.Where(r => r.RunBy == nameof(QuantizationParameters)).Should().OnlyContain(r => r.Failed == 0, "the backend has no part in it");
    }

    [Fact]
    public void A_backend_that_cannot_run_a_model_passes_nothing_and_says_why()
    {
        ConformanceRecord record = ConformanceRun.Of("tensorrt", new Altering(Cpu, _ => throw new FaultException("no such operator", "device", "Buy another.")), null);

        RuleResult[] onBackend = [.. record.Rules.Where(r => r.RunBy == "altering")];
        onBackend.Should().HaveCount(5).And.OnlyContain(r => r.Passed == 0 && r.Failed == 0 && r.NotRun == r.Vectors && r.Vectors > 0);
        onBackend[0].NotRunReasons.Should().ContainSingle().Which.Should().EndWith("device: no such operator. Buy another.");
    }

    [Fact]
    public void Every_rule_that_exists_is_listed() => ConformanceRules.All.Should().BeEquivalentTo(
        typeof(Rule).Assembly.GetTypes().SelectMany(t => t.GetProperties(BindingFlags.Static | BindingFlags.Public)).Where(p => p.PropertyType == typeof(Rule)).Select(p => p.GetValue(null)),
        o => o.ComparingByValue<Rule>());

    [Fact]
    public void A_target_that_nobody_knows_is_a_fault_that_names_those_there_are() =>
        FluentActions.Invoking(() => ConformanceRun.Of("tensort", Cpu, null)).Should().Throw<FaultException>().Which.Faults[0].Remedy.Should().Contain("tensorrt").And.Contain("hi3559");

    [Fact]
    public void The_node_tests_of_ONNX_hold_where_the_runtime_has_the_operator_and_the_rest_is_named()
    {
        string? folder = NodeTestFolder();
        if (folder is null)
            Assert.Skip("shared/real/onnx-node-tests is not here; set PARITY_DATA to the folder that holds onnx-node-tests");

        ConformanceRecord record = ConformanceRun.Of("tensorrt", Cpu, folder);
        RuleResult result = record.Rules.Single(r => r.Rule == "ONNX node tests");

        result.FailedCases.Should().BeEquivalentTo(
            ["test_resize_downsample_scales_cubic_align_corners", "test_resize_downsample_scales_linear_align_corners"], "ONNX Runtime aligns the corners by the rounded output length, the test by scale times length");
        result.Passed.Should().BeGreaterThanOrEqualTo(80);
        RuleResult own = record.Rules.Single(r => r.Rule == "ONNX node tests, own code");
        (own.Vectors, own.Passed, own.Counterexample).Should().Be((11, 11, null), "ten of suppression, one of resizing");
        string notRun = string.Join(' ', result.NotRunReasons);
        foreach (string required in new[] { "test_quantizelinear_axis", "test_dequantizelinear_axis", "test_top_k_same_values", "test_nonmaxsuppression_iou_threshold_boundary", "test_resize_upsample_scales_linear" })
            notRun.Should().NotContain(required, "the runtime has that operator");
    }

    private static string? NodeTestFolder()
    {
        var roots = new List<string>();
        if (Environment.GetEnvironmentVariable("PARITY_DATA") is { Length: > 0 } data)
            roots.Add(data);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            roots.Add(Path.Combine(folder.FullName, "shared", "real"));
        return roots.Select(r => Path.Combine(r, "onnx-node-tests")).FirstOrDefault(Directory.Exists);
    }

    private sealed class Altering(IBackend inner, Func<ISession, ISession> alter) : IBackend
    {
        public string Name => "altering";

        public Availability Availability => inner.Availability;

        public ISession Open(SessionRequest request)
        {
            ISession session = inner.Open(request);
            try
            {
                return alter(session);
            }
            catch
            {
                session.Dispose();
                throw;
            }
        }
    }

    /// <summary>The first element of every output is off.</summary>
    private sealed class OffByOne(ISession inner) : ISession
    {
        public InputContract Input => inner.Input;

        public ImmutableArray<TensorPort> Outputs => inner.Outputs;

        public Arithmetic Arithmetic => inner.Arithmetic;

        public IReadOnlyDictionary<string, Tensor> Run(Tensor input)
        {
            IReadOnlyDictionary<string, Tensor> outputs = inner.Run(input);
            foreach (Tensor tensor in outputs.Values)
                Tensor.Fill(tensor)[0] ^= 1;
            return outputs;
        }

        public void Dispose() => inner.Dispose();
    }
}
