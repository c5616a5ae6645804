using System.Text.Json;
using System.Text.Json.Serialization;
using Parity.Core;
using Parity.Engine.Suites;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Tests.Suites;

/// <summary>A chip as a file of data. The oracle is Horizon's BPU: once written in C# in the product, once as a file here.</summary>
public sealed class ProfileFileTests : IDisposable
{
    private const string Bpu = """
        name: my-bpu
        summary: "Horizon BPU: symmetric int8, weights per channel, last convolutions give their int32 sums as float"
        sources: [datasheet]
        float: float32
        quantization:
          activations: &int8 {bits: 8, sign: signed, symmetry: symmetric, granularity: per-tensor, scale: float, code-low: -128, code-high: 127, rounding: half-to-even}
          weights: &weights {bits: 8, sign: signed, symmetry: symmetric, granularity: per-channel, scale: float, code-low: -128, code-high: 127, rounding: half-to-even}
          bias: int32-at-product
          requantization: {multiplier: unknown, rounding: half-to-even, accumulator-bits: 32}
          placement: operator-outputs
          result: float32
          float-output-layers: true
          operators:
            - {role: weighted, types: [Conv, ConvTranspose, Gemm, MatMul]}
            - {role: computed, types: [Add, Sub, Mul, Concat, Max, Min, PRelu], every-input: true}
            - {role: computed, types: [Relu, Clip, LeakyRelu, Elu, Sigmoid, HardSigmoid, HardSwish, Tanh, AveragePool, GlobalAveragePool, ReduceMean, Pad, BatchNormalization]}
            - {role: passive, types: [Resize], when: {attribute: mode, value: nearest, default: nearest}}
            - {role: computed, types: [Resize]}
            - {role: passive, types: [MaxPool, GlobalMaxPool, Reshape, Flatten, Squeeze, Unsqueeze, Transpose, Slice, Split, DepthToSpace, SpaceToDepth]}
          fusions: [{operators: [Conv, ConvTranspose, Add], activations: [Relu, Clip, Silu]}]
          int16:
            activations: {bits: 16, sign: signed, symmetry: symmetric, granularity: per-tensor, scale: float, code-low: -32768, code-high: 32767, rounding: half-to-even}
            weights: *weights
            source: "qconfig [V]"
        cost: {float32: 100, float16: 100, int16: 4, source: "guess [INF]"}
        exactness: [{operators: ["*"], exactness: Unknown, why: not public, source: "[UNK]"}]
        flags:
          - {name: output-layers, question: what, source: "[K]", choices: [{value: float}, {value: int8, changes: {quantization: {float-output-layers: false}}}]}
          - {name: input-scale, question: what, source: "[K]", choices: [{value: calibrated}, {value: 1/128, changes: {quantization: {input-scale: 0.0078125}}}]}
          - name: tie-rule
            question: where ties go
            source: "[UNK]"
            choices:
              - {value: half-even}
              - {value: half-away, changes: {quantization: {activations: {rounding: half-away-from-zero}, weights: {rounding: half-away-from-zero}}}}
        """;

    private static readonly JsonSerializerOptions AsText = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parity-chip-");

    [Fact]
    public void The_BPU_as_a_file_quantizes_by_the_same_rules_as_the_one_of_the_product_under_every_flag()
    {
        TargetProfile file = Read(Bpu), product = TargetProfiles.Named("bpu", "");

        file.Flags.Select(f => (f.Name, string.Join('|', f.Choices.Select(c => c.Value)))).Should().Equal(product.Flags.Select(f => (f.Name, string.Join('|', f.Choices.Select(c => c.Value)))));
        foreach (ProfileFlag flag in product.Flags)
            foreach (string choice in flag.Choices.Select(c => c.Value))
                Rules(With(file, flag.Name, choice)).Should().Be(Rules(With(product, flag.Name, choice)), $"{flag.Name} {choice}");
        Rules(file).Should().NotBe(Rules(With(file, "tie-rule", "half-away")), "the text tells rules apart");
        file.Compiler.Should().BeEquivalentTo(product.Compiler);
    }

    [Theory]
    [InlineData("tie-rule", "half-even")]
    [InlineData("tie-rule", "half-away")]
    [InlineData("output-layers", "int8")]
    public void The_BPU_as_a_file_lowers_a_model_to_the_same_bytes(string flag, string choice)
    {
        byte[] Lowered(TargetProfile profile) =>
            Lowerer.Lower(Net(), new LoweringPlan(With(profile, flag, choice), Calibrators.MinMax, 0, []), (model, taps) => Stream(model, taps)).Model.ToBytes();

        Lowered(Read(Bpu)).Should().Equal(Lowered(TargetProfiles.Named("bpu", "")));
    }

    [Fact]
    public void A_chip_based_on_a_target_differs_only_in_what_its_file_says()
    {
        TargetProfile based = Read("""
            name: rk-narrow
            summary: as RK1808, weights without -128
            sources: [datasheet]
            based-on: rk1808
            quantization: {weights: {sign: signed, symmetry: symmetric, code-low: -127, code-high: 127}, int16: none}
            """), rk = TargetProfiles.Named("rk1808", "");

        QuantizationRules expected = rk.Quantization! with { Int16 = null, Weights = rk.Quantization!.Weights with { Sign = Sign.Signed, Symmetry = Symmetry.Symmetric, CodeLow = -127, CodeHigh = 127 } };
        Rules(based).Should().Be(JsonSerializer.Serialize(expected, AsText));
        (based.Name, based.Cost, based.Flags, based.Exactness).Should().Be(("rk-narrow", rk.Cost, rk.Flags, rk.Exactness));
    }

    [Fact]
    public void Every_mistake_of_a_file_is_told_at_once_with_its_line()
    {
        var faults = FluentActions.Invoking(() => Read("""
            name: bpu
            sources: [datasheet]
            based-on: tensorrt
            quantisation: {bias: float}
            quantization:
              activations: {code-high: 300, rounding: half-evn}
              bias: int33
              operators: [{role: weighted, types: [Concat]}]
            exactness: [{operators: [Conv], exactness: Lsb, why: so, source: said}]
            cost: {float32: -1}
            """)).Should().Throw<FaultException>().Which.Faults;

        faults.Select(f => (f.Where.Split(' ')[0], f.What)).Should().BeEquivalentTo(new[]
        {
            ("chip.yaml:1", "'bpu' is a target of the product"),
            ("chip.yaml:1", "'summary' is missing"),
            ("chip.yaml:4", "unknown key 'quantisation'"),
            ("chip.yaml:6", "codes -128 to 300 are not codes of 8 bits with 0 among them"),
            ("chip.yaml:6", "'rounding' is 'half-evn', which is not one of half-to-even, half-away-from-zero, half-up, toward-zero, veri-silicon-rint"),
            ("chip.yaml:7", "'bias' is 'int33', which is not one of float, int32-at-product, int16-at-product, int64-at-product"),
            ("chip.yaml:8", "Concat cannot be weighted"),
            ("chip.yaml:9", "'Lsb' is no exactness"),
            ("chip.yaml:9", "the source 'said' has no evidence tag"),
            ("chip.yaml:10", "'float32' is '-1', which is not a number of at least 0"),
            ("chip.yaml:1", "the list of exactness does not end with operators '*'"),
        });
        faults.Single(f => f.What.Contains("quantisation", StringComparison.Ordinal)).Remedy.Should().Be("Did you mean 'quantization'?");
    }

    [Fact]
    public void A_choice_of_a_flag_is_read_with_the_file_and_its_mistakes_are_told_once()
    {
        FluentActions.Invoking(() => Read(Bpu.Replace("float-output-layers: false", "float-outputs: false", StringComparison.Ordinal))).Should().Throw<FaultException>()
            .Which.Faults.Should().ContainSingle().Which.What.Should().Be("unknown key 'float-outputs'");
    }

    [Fact]
    public void A_profile_without_quantization_has_to_say_so()
    {
        const string chip = "name: x\nsummary: x\nsources: [x]\nfloat: float16\ncost: {float32: 1, float16: 1, int16: 1, source: \"[INF]\"}\nexactness: [{operators: [\"*\"], exactness: Exact, why: x, source: \"[K]\"}]\n";

        FluentActions.Invoking(() => Read(chip)).Should().Throw<FaultException>().Which.Faults.Should().ContainSingle().Which.What.Should().Be("'quantization' is missing");
        Read(chip + "quantization: none").Quantization.Should().BeNull();
    }

    [Fact]
    public void The_chips_beside_the_suites_are_sound()
    {
        var repository = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(repository.FullName, "Parity.sln")))
            repository = repository.Parent!;
        string[] chips = Directory.GetFiles(Path.Combine(repository.FullName, "suites", "chips"), "*.yaml");
        chips.Should().NotBeEmpty();
        foreach (string chip in chips)
            ProfileFile.Read(chip, chip, "test").Profile.Name.Should().Be(Path.GetFileNameWithoutExtension(chip));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private TargetProfile Read(string text)
    {
        string path = Path.Combine(_folder.FullName, "chip.yaml");
        File.WriteAllText(path, text);
        return ProfileFile.Read(path, "chip.yaml", "test").Profile;
    }

    private static string Rules(TargetProfile profile) => JsonSerializer.Serialize(profile.Quantization!.Int16 is { } option
        ? profile.Quantization with { Int16 = option with { Source = "" } } : profile.Quantization, AsText);

    private static TargetProfile With(TargetProfile profile, string flag, string choice)
    {
        var faults = new FaultList();
        TargetProfile changed = profile.With([new(flag, choice)], "test", faults);
        faults.ThrowIfAny();
        return changed;
    }

    /// <summary>Two convolutions with a SiLU and a sum between them, and a sigmoid behind the last: every role of the chip's table but the passive ones.</summary>
    private static OnnxModel Net()
    {
        OnnxModel model = OnnxModel.Create(17);
        Graph graph = model.Graph;
        graph.AddInput("x", TensorType.Float32, 1, 3, 4, 4);
        graph.SetInitializer("w", Tensor.Create([.. Enumerable.Range(0, 27).Select(i => MathF.Sin(i))], 3, 3, 3, 1));
        graph.SetInitializer("v", Tensor.Create([.. Enumerable.Range(0, 9).Select(i => MathF.Cos(i))], 3, 3, 1, 1));
        graph.SetInitializer("b", Tensor.Create([0.1f, 0.2f, -0.3f], 3));
        graph.Add(new Node("Conv", ["x", "w", "b"], ["c"], "first").Set("pads", [1L, 0, 1, 0]));
        graph.Add(new Node("Sigmoid", ["c"], ["g"], "gate"));
        graph.Add(new Node("Mul", ["c", "g"], ["s"], "silu"));
        graph.Add(new Node("Add", ["s", "x"], ["a"], "sum"));
        graph.Add(new Node("Conv", ["a", "v", "b"], ["d"], "last"));
        graph.Add(new Node("Sigmoid", ["d"], ["y"], "behind"));
        graph.AddOutput("y", TensorType.Float32, [1, 3, 4, 4]);
        return model;
    }

    /// <summary>Any tensors do: both lowerings see the same.</summary>
    private static IEnumerable<IReadOnlyDictionary<string, Tensor>> Stream(OnnxModel model, IEnumerable<string> taps)
    {
        yield return taps.Concat(model.Graph.Outputs.Select(o => o.Name)).Distinct().ToDictionary(
            t => t, t => Tensor.Create([.. Enumerable.Range(0, 48).Select(i => MathF.Sin(i + t[0]))], 1, 3, 4, 4));
    }
}
