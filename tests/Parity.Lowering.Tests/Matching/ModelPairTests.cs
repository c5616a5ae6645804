using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests.Matching;

/// <summary>Models of other tools against the float model they came from: the tensors that were laid side by side are those that were known to belong together.</summary>
public class ModelPairTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, string>();
            foreach (string kind in new[] { "qdq int8", "qdq uint8", "qlinear uint8", "cut head", "dynamic" })
                kinds.Add("detector.onnx", kind);
            foreach (string kind in new[] { "qlinear uint8", "dynamic" })
                kinds.Add("yolox_nano.onnx", kind);
            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_renamed_model_of_another_tool_is_matched_layer_by_layer(string file, string kind)
    {
        if (Find(file) is not { } path)
        {
            Assert.Skip("shared/real is absent: set PARITY_DATA to the folder that holds models/.");
            return;
        }
        var reference = OnnxModel.Load(path);
        (OnnxModel target, Dictionary<string, string> truth) = Made(reference, kind);
        var names = OtherTools.Rename(target, seed: 5);

        var byStructure = ModelPair.Of(reference, target);
        var (pair, _) = PairCheck.Of(byStructure, Values(byStructure));

        int structural = byStructure.Pairs.Count(p => truth.TryGetValue(p.Reference, out string? t) && IsThat(p.Target, names[t], pair));
        int right = pair.Pairs.Count(p => truth.TryGetValue(p.Reference, out string? t) && IsThat(p.Target, names[t], pair));
        var wrong = pair.Pairs.Where(p => !truth.TryGetValue(p.Reference, out string? t) || !IsThat(p.Target, names[t], pair)).ToList();
        output.WriteLine(FormattableString.Invariant($"{file}, {kind}: {structural} of {truth.Count} right by structure, {right} with values, {wrong.Count} wrong, {pair.Unmatched.Length} unmatched of {LayerMapping.FloatTensors(reference).Length}"));
        foreach (var u in pair.Unmatched.Where(u => truth.ContainsKey(u.Tensor)).Take(10))
            output.WriteLine($"  missed {u.Tensor}: {u.Reason}");
        foreach (var w in wrong.Take(10))
            output.WriteLine($"  wrong {w.Reference} {reference.Graph.ProducerOf(w.Reference)!.OpType} -> {w.Target} ({w.Evidence}), known {truth.GetValueOrDefault(w.Reference)}");
        wrong.Should().BeEmpty();
        // A compiler that split pools and joined slices left no operator to pair: the values find what the structure cannot, where noise allows.
        ((double)right / truth.Count).Should().BeGreaterThan(file == "detector.onnx" ? 0.9999 : 0.99);
    }

    [Fact]
    public void The_trained_quantized_detector_is_matched_with_the_float_one_it_came_from()
    {
        var target = OnnxModel.Load(Find("detector-qat.onnx")!);
        var reference = OnnxModel.Load(Find("detector.onnx")!);
        var twin = FloatTwin.Of(target);
        var names = OtherTools.Rename(target, seed: 6);

        var pair = ModelPair.Of(reference, target);

        // Its exporter kept the float model's names: they are the known answer, and were taken away from the matching.
        pair.Pairs.Where(p => twin.Graph.Has(p.Reference)).Should().OnlyContain(p => p.Target == names[p.Reference]);
        pair.Pairs.Should().HaveCount(LayerMapping.FloatTensors(reference).Length);
    }

    [Fact]
    public void Random_names_never_change_what_is_found()
    {
        var net = new Net(13, 1, 3, 16, 16).Conv("x", "a", 3, 8).BatchNorm("a", "b", 8).Node("Relu", "b", "c")
            .Conv("c", "left", 8, 8).Conv("c", "right", 8, 8).Node("Add", "left right", "sum").Node("Relu", "sum", "d").Conv("d", "e", 8, 4, 1).Output("e");
        var lowered = net.Lower("rk1808");
        for (int seed = 0; seed < 20; seed++)
        {
            var target = lowered.Model.Clone();
            var names = OtherTools.Rename(target, seed);
            var found = ModelPair.Of(net.Model, target).Pairs.ToDictionary(p => p.Reference, p => p.Target);
            foreach (var row in lowered.Map.Rows)
                found[row.Reference[^1]].Should().Be(names[row.Target[^1]], $"seed {seed}");
        }
    }

    [Fact]
    public void Codes_written_as_values_stand_for_the_same_outputs()
    {
        var net = new Net(13, 1, 3, 8, 8).Conv("x", "a", 3, 8).Node("Relu", "a", "b").Node("MaxPool", "b", "p", n => n.Set("kernel_shape", [2L, 2]).Set("strides", [2L, 2]))
            .Conv("p", "c", 8, 8).Node("Add", "p c", "s").Conv("s", "y", 8, 4, 1).Output("y");
        var given = net.Lower("rk1808").Model;
        OtherTools.Fuse(given).Should().BeGreaterThan(2);

        var form = QdqForm.Of(given);

        form.Graph.Nodes.Should().NotContain(n => n.OpType.StartsWith("QLinear", StringComparison.Ordinal));
        Tensor before = Net.Run(given, [net.Input(3)], []).Single()["y"], after = Net.Run(form, [net.Input(3)], []).Single()["y"];
        float step = QdqView.Of(form).Pairs.Where(p => p.Kind == QdqKind.Activation).Max(p => p.Scales[0]);
        // A kernel on codes rounds once where the float one rounds its sums: by a step at most.
        before.Span<float>().ToArray().Zip(after.Span<float>().ToArray()).Max(v => Math.Abs(v.First - v.Second)).Should().BeLessThan(1.01f * step);
    }

    [Fact]
    public void Another_network_has_no_certain_partner()
    {
        var one = new Net(13, 1, 3, 16, 16).Conv("x", "a", 3, 8).Node("Relu", "a", "y").Output("y");
        var two = new Net(13, 1, 3, 16, 16).Conv("x", "h", 3, 12).Node("Sigmoid", "h", "k").Conv("k", "z", 12, 4).Output("z");
        var pair = ModelPair.Of(one.Model, two.Lower("tensorrt").Model);
        pair.Pairs.Should().BeEmpty();
        pair.Unmatched.Should().OnlyContain(u => u.Reason.Contains("of this shape and place", StringComparison.Ordinal));
    }

    /// <returns>The target's model and its tensor, before renaming, by each of the reference's.</returns>
    private static (OnnxModel Target, Dictionary<string, string> Truth) Made(OnnxModel reference, string kind)
    {
        if (kind == "dynamic")
        {
            var dynamic = OpsetUpgrade.Apply(reference, 11).Clone();
            OtherTools.Dynamic(dynamic).Should().BeGreaterThan(10);
            return (dynamic, LayerMapping.FloatTensors(reference).Where(dynamic.Graph.Has).ToDictionary(t => t, t => t, StringComparer.Ordinal));
        }
        var activations = Net.Activations([Picture(reference)]);
        var lowered = Lowerer.Lower(reference, new LoweringPlan(TargetProfiles.Named(kind.EndsWith("uint8", StringComparison.Ordinal) ? "rk1808" : "tensorrt", ""), "min-max", 0, []), activations);
        var target = lowered.Model;
        var pairs = QdqView.Of(target);
        if (kind.StartsWith("qlinear", StringComparison.Ordinal))
            OtherTools.Fuse(target).Should().BeGreaterThan(10);
        if (kind == "cut head")
            OtherTools.CutHead(target);
        var truth = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in lowered.Map.Rows)
        {
            // A fused operator has no float tensor left: its codes stand for it.
            if (target.Graph.Has(row.Target[^1]))
                truth[row.Reference[^1]] = row.Target[^1];
            else if (pairs.Of(row.Target[^1]) is { } p && target.Graph.Has(p.Quantized))
                truth[row.Reference[^1]] = p.Quantized;
        }
        return (target, truth);
    }

    private static Tensor Picture(OnnxModel model)
    {
        var shape = model.Graph.Inputs.Single().Shape!.Value.ToArray();
        shape[0] = Math.Max(1, shape[0]);
        return Tensor.Create(Net.Values(3, shape[^1] == 416 ? 60 : 1, shape), shape);
    }

    private static PairCheck.Agreement Values(ModelPair pair) => pairs =>
    {
        var reference = Net.Run(pair.Reference, [Picture(pair.Reference)], [.. pairs.Select(p => p.Reference).Distinct().Where(t => !pair.Reference.Graph.IsOutput(t))]).Single();
        var target = Net.Run(pair.Target, [Picture(pair.Reference)], [.. pairs.Select(p => p.Target).Distinct().Where(t => !pair.Target.Graph.IsOutput(t))]).Single();
        return pairs.Where(p => reference[p.Reference].Shape.SequenceEqual(target[p.Target].Shape))
            .ToDictionary(p => p, p => Cosine(reference[p.Reference].Span<float>(), target[p.Target].Span<float>()));
    };

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double aa = 0, bb = 0, ab = 0;
        for (int i = 0; i < a.Length; i++)
            (aa, bb, ab) = (aa + (double)a[i] * a[i], bb + (double)b[i] * b[i], ab + (double)a[i] * b[i]);
        return ab / Math.Sqrt(aa * bb);
    }

    private static bool IsThat(string found, string known, ModelPair pair) =>
        found == known || found == $"{known}/float" || QdqView.Of(pair.Target).Of(known)?.Float == found;

    private static string? Find(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            foreach (string place in new[] { Path.Combine("golden", "detector"), Path.Combine("shared", "real", "models") })
                if (Path.Combine(folder.FullName, place, file) is var path && File.Exists(path))
                    return path;
        return Environment.GetEnvironmentVariable("PARITY_DATA") is { Length: > 0 } data && Path.Combine(data, "models", file) is var given && File.Exists(given) ? given : null;
    }
}
