using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>From a float model to what a target runs.</summary>
public static class Lowerer
{
    /// <summary>
    /// Rewrites as the target's compiler would, calibrates on <paramref name="activations"/> and writes Q/DQ, or half precision, as profile and plan say.
    /// <paramref name="model"/> stays as it is.
    /// </summary>
    /// <exception cref="FaultException">
    /// A pattern that names no layer, a layer in two precisions, an operator that the target refuses, an unknown calibrator, a model that is quantized already, no calibration inputs for a target that needs them,
    /// NaN in activations or weights, a rewrite that changed the float model.
    /// </exception>
    /// <param name="progress">Told how many layers' weights are rounded, and of how many, where that takes long.</param>
    public static LoweringResult Lower(OnnxModel model, LoweringPlan plan, ActivationStream activations, Action<int, int>? progress = null)
    {
        var asked = Checked(model, plan);
        var rewrites = Rewritten(model, plan, activations);
        return Insert(model, plan, rewrites, asked, null, activations, progress);
    }

    /// <summary>Rewrites and calibrates once, so that layers can be given other precisions without doing either again.</summary>
    /// <exception cref="FaultException">As <see cref="Lower"/>; also a target that quantizes nothing.</exception>
    public static PreparedModel Prepare(OnnxModel model, LoweringPlan plan, ActivationStream activations)
    {
        Checked(model, plan);
        if (plan.Profile.Quantization is null)
            throw new FaultException($"{plan.Profile.Name} quantizes nothing, so there is no layer to switch", "target", "Choose a target that quantizes.");
        var rewrites = Rewritten(model, plan, activations);
        var graph = rewrites.Model.Graph;
        var shapes = ShapeInference.Of(rewrites.Model);
        // Whatever the choice, the quantizers' tensors are among these.
        var tensors = graph.Inputs.Select(i => i.Name).Where(i => shapes.TypeOf(i) == TensorType.Float32).Concat(LayerMapping.FloatTensors(rewrites.Model)).Distinct(StringComparer.Ordinal);
        var observers = tensors.ToDictionary(t => t, _ => Calibrators.Create(plan.Calibrator, plan.Percentile, plan.Options.AveragingConstant, plan.Profile.Quantization.Activations), StringComparer.Ordinal);
        var pass = CalibrationPass.Run(model, rewrites.Model, Survivors(model, rewrites), observers, activations, everything: true);
        return new PreparedModel(model, plan, rewrites, pass, activations);
    }

    /// <exception cref="FaultException">See <see cref="Lower"/>.</exception>
    internal static AskedPrecisions Checked(OnnxModel model, LoweringPlan plan)
    {
        var faults = new FaultList();
        if (plan.Profile.Quantization is not null)
        {
            Calibrators.Check(plan.Calibrator, plan.Percentile, plan.Options.AveragingConstant, "calibrator", faults);
            Calibrators.Check(plan.Options.WeightsCalibrator, plan.Percentile, plan.Options.AveragingConstant, "weights-calibrator", faults);
        }
        if (model.Graph.Nodes.Any(n => QdqView.IsQuantize(n) || QdqView.IsDequantize(n)))
            faults.Add("the model has Q/DQ nodes already", "model", "Take it as a ready model, or lower the float model it came from.");
        var asked = faults.Catch(() => AskedPrecisions.Of(model.Graph, plan));
        faults.ThrowIfAny();
        return asked!;
    }

    /// <param name="pass">The calibration of <see cref="Prepare"/>; null to calibrate what the plan needs.</param>
    /// <param name="rewrites">Their model becomes the result's.</param>
    internal static LoweringResult Insert(
        OnnxModel model, LoweringPlan plan, CompilerRewrites rewrites, AskedPrecisions asked, CalibrationPass? pass, ActivationStream activations, Action<int, int>? progress)
    {
        asked = asked.In(rewrites.Names);
        var survivors = Survivors(model, rewrites);
        return plan.Profile.Quantization is { } rules
            ? Quantize(model, plan, rules, rewrites, asked, survivors, pass, activations, progress) : InFloat(model, plan.Profile, rewrites, asked, survivors, activations);
    }

    internal static CompilerRewrites Rewritten(OnnxModel model, LoweringPlan plan, ActivationStream activations)
    {
        int leastOpset = plan.Profile.Quantization is null ? 0 : plan.Int16.IsEmpty ? OpsetUpgrade.OfScalesPerChannel : OpsetUpgrade.OfInt16;
        return CompilerRewrites.Of(model, plan.Profile, leastOpset, activations);
    }

    private static ImmutableArray<(string, string)> Survivors(OnnxModel model, CompilerRewrites rewrites) =>
    [
        .. LayerMapping.FloatTensors(model)
            .Where(t => rewrites.Names.WhyRemoved(t) is null && rewrites.Model.Graph.Has(rewrites.Names.Current(t)))
            .Select(t => (t, rewrites.Names.Current(t))),
    ];

    private static LoweringResult InFloat(
        OnnxModel model, TargetProfile profile, CompilerRewrites rewrites, AskedPrecisions asked, ImmutableArray<(string, string)> survivors, ActivationStream activations)
    {
        var rewritten = rewrites.Model;
        var notes = rewrites.Notes.ToBuilder();
        var made = rewritten.Graph.Nodes.SelectMany(n => n.Outputs).Where(o => o.Length > 0);
        var halves = profile.Float == FloatPrecision.Float16 ? made.Where(o => !asked.Float.Contains(o)).ToImmutableHashSet() : asked.Float16;
        var watched = survivors.Select(s => s.Item2).Where(halves.Contains).Distinct(StringComparer.Ordinal).ToDictionary(t => t, IRangeObserver (_) => new MinMaxObserver(), StringComparer.Ordinal);
        var pass = CalibrationPass.Run(model, rewritten, survivors, watched, activations);
        if (pass.Count == 0)
            notes.Add("no calibration inputs: the rewritten model was not compared with the float model");
        ImmutableArray<string> keptNodes = [.. rewritten.Graph.Nodes.Where(n => n.Outputs.Any(asked.Float.Contains) && profile.Float == FloatPrecision.Float16).Select(n => n.Name)];
        var float32 = rewritten.Clone();
        notes.AddRange(Halve(rewritten, halves, watched.Keys, pass));
        var precisions = new OperatorPrecisions(rewritten, halves, node => node);
        var map = LayerMapping.Of(model, rewritten, rewrites.Names, ImmutableHashSet<string>.Empty, pass.ErrorOf, precisions);
        var record = new LoweringRecord(rewrites.Summary(survivors.Select(s => s.Item1), pass.ErrorOf), Unsupported(rewrites, []), precisions.Layers(pass.InputShapes));
        return new LoweringResult(rewritten, map, [], null, keptNodes, notes.ToImmutable()) { Record = record, Float = float32 };
    }

    /// <summary>Rounds to half, and says what half cannot hold.</summary>
    /// <param name="watched">Tensors whose ranges <paramref name="pass"/> has.</param>
    private static IEnumerable<string> Halve(OnnxModel model, IReadOnlySet<string> halves, IEnumerable<string> watched, CalibrationPass pass)
    {
        var overflowing = watched.Where(t => pass.ExtremesOf(t).AbsoluteMaximum > (float)Half.MaxValue).ToList();
        if (overflowing.Count > 0)
            yield return $"activations beyond the range of half become infinite: {string.Join(", ", overflowing)}";
        if (halves.Count > 0 && HalfPrecision.Apply(model, halves) is { IsEmpty: false } beyond)
            yield return $"constants beyond the range of half, kept in float32: {string.Join(", ", beyond)}";
    }

    private static ImmutableArray<UnsupportedOperator> Unsupported(CompilerRewrites rewrites, IEnumerable<Node> floats) =>
    [
        .. rewrites.Split.Select(s => new UnsupportedOperator(s.Node.Name, s.Node.OpType, "split", s.Reason)),
        .. rewrites.Hosted.Select(h => new UnsupportedOperator(h.Node.Name, h.Node.OpType, "host", h.Reason)),
        .. floats.ExceptBy(rewrites.Hosted.Select(h => h.Node.Name), n => n.Name).Select(n => new UnsupportedOperator(n.Name, n.OpType, "float", "the profile has no rule that quantizes it")),
    ];

    /// <summary>A ready Q/DQ model as it is: its scales are kept. The layer map leads from its float twin to it.</summary>
    /// <exception cref="FaultException">The model has no Q/DQ pair, or a damaged one.</exception>
    public static LoweringResult TakeReady(OnnxModel model, TargetProfile profile)
    {
        var records = QdqRecords.Of(model, tensor => tensor, ImmutableDictionary<string, string>.Empty);
        if (records.IsEmpty)
            throw new FaultException("the model has no Q/DQ pairs", "model", "Give a quantized model, or lower this one.");
        var twin = FloatTwin.Of(model);
        var map = LayerMapping.Of(twin, model, new TensorNames(), ImmutableHashSet<string>.Empty, _ => null, new OperatorPrecisions(model, ImmutableHashSet<string>.Empty, node => node));
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var (node, reason) in QdqView.Of(model).Unpaired)
            notes.Add($"{node.Name} ({node.OpType}) is in no pair: {reason}");
        if (profile.Quantization is { } rules)
            notes.AddRange(ReadyModelCheck.Differences(records, rules, profile.Name));
        return new LoweringResult(model, map, records, MacShare.Of(model, null), [], notes.ToImmutable());
    }

    private static LoweringResult Quantize(
        OnnxModel model, LoweringPlan plan, QuantizationRules rules, CompilerRewrites rewrites, AskedPrecisions asked,
        ImmutableArray<(string, string)> survivors, CalibrationPass? prepared, ActivationStream activations, Action<int, int>? progress)
    {
        var rewritten = rewrites.Model;
        var graph = rewritten.Graph;
        var shapes = ShapeInference.Of(rewritten);
        var hosted = rewrites.Hosted.SelectMany(h => h.Node.Outputs).ToImmutableHashSet();
        var operators = new QuantizedOperators(graph, shapes, rules, asked.Float.Union(asked.Float16).Union(hosted));
        var pairs = MixedIntegers.Split(PairPlacing.Place(graph, shapes, rules.Placement, operators), graph, operators, asked.Int16);
        if (pairs.IsEmpty && operators.KeptFloat.IsEmpty)
            throw new FaultException($"{plan.Profile.Name} would quantize nothing of it", "model", "Give a float32 model with operators that the target quantizes.");
        var halves = operators.KeptFloat.Where(k => k.Unit.Any(m => m.Outputs.Any(asked.Float16.Contains))).SelectMany(k => k.Node.Outputs).Concat(asked.Float16).ToImmutableHashSet();
        ImmutableArray<string> kept = [.. operators.KeptFloat.Where(k => k.Unit.Any(m => m.Outputs.Any(asked.Float.Contains))).Select(k => k.Node.Name)];
        var floats = LayerMapping.FloatTensors(rewritten).Select(t => graph.ProducerOf(t)!)
            .Where(n => rules.RuleFor(n) is null && rules.Placement == PairPlacement.OperatorOutputs && !operators.IsFused(n)).Distinct().ToList();
        var watched = survivors.Select(s => s.Item2).Where(halves.Contains).Distinct(StringComparer.Ordinal).ToList();
        var observers = watched.ToDictionary(t => t, IRangeObserver (_) => new MinMaxObserver(), StringComparer.Ordinal);
        var notes = rewrites.Notes.ToBuilder();
        var roots = pairs.Select(p => p.Root).Distinct(StringComparer.Ordinal).ToImmutableArray();
        var known = plan.Options.Ranges?.Match(roots, survivors, notes) ?? ImmutableDictionary<string, ValueRange>.Empty;
        foreach (string root in roots.Where(r => !known.ContainsKey(r)))
            observers[root] = Calibrators.Create(plan.Calibrator, plan.Percentile, plan.Options.AveragingConstant, rules.Activations);
        var pass = prepared ?? CalibrationPass.Run(model, rewritten, survivors, observers, activations);
        if (pass.Count == 0)
            throw new FaultException("there are no calibration inputs", "calibration", "Give a calibration set of some tens of typical inputs.");
        var sharing = SharedScales.Of(graph, operators, pairs);
        // Layers may have 16-bit integers among others: a writer for each of the two formats.
        var wide = rules.Int16 is { } option ? rules with { Activations = option.Activations, Weights = option.Weights } : rules;
        QdqInsertion usual = new(graph, rules), int16 = new(graph, wide);
        bool IsInt16(Node node) => MixedIntegers.IsInt16(node, operators, asked.Int16);
        var parameters = pairs.Select(p => (p.Root, p.IsInt16)).Distinct().ToDictionary(p => p, p => QuantizationParameters.For(
            sharing[p.Root].Select(r => known.TryGetValue(r, out var range) ? range : pass.RangeOf(r)).Aggregate((a, b) => a.Union(b)), (p.IsInt16 ? wide : rules).Activations));

        var float32 = rewritten.Clone();
        WeightCalibration.Apply(rewritten, [.. operators.Weighted], rules.Weights, plan, activations, notes, progress);
        var operands = graph.Nodes
            .SelectMany(n => operators.DataInputs(n).Select(i => (Node: n, Index: i)))
            .Where(o => graph.Constant(o.Node.Input(o.Index)) is not null).ToList();
        foreach (var node in operators.Weighted.ToList())
        {
            if (OutputChannels.Of(graph, node) is null)
                continue;
            var input = pairs.LastOrDefault(p => p.Tensor == node.Input(0) && (p.Readers is null || p.Readers.Value.Contains(new NodeInput(node.Name, 0))));
            float scale = input is not null ? parameters[(input.Root, input.IsInt16)].Scale
                : ConstantScale(graph, node.Input(0), (IsInt16(node) ? wide : rules).Activations);
            (IsInt16(node) ? int16 : usual).Weights(node, scale);
        }
        foreach (var (node, index) in operands)
            (IsInt16(node) ? int16 : usual).Operand(node, index);
        foreach (var pair in pairs)
        {
            // Where 16-bit codes are quantized once more, the reader has their dequantization already.
            string tensor = pair.Readers is [var reader, ..] ? graph.NodeNamed(reader.Node)!.Input(reader.Index) : pair.Tensor;
            (pair.IsInt16 ? int16 : usual).Activation(pair with { Tensor = tensor }, parameters[(pair.Root, pair.IsInt16)]);
        }
        notes.AddRange(Halve(rewritten, halves, watched, pass));
        graph.Prune();

        if (usual.SaturatedBiases.Concat(int16.SaturatedBiases).ToList() is { Count: > 0 } saturated)
            notes.Add($"bias codes saturated at 32 bits: {string.Join(", ", saturated)}");

        var reference = model.Graph;
        var precisions = new OperatorPrecisions(rewritten, halves, node => graph.NodeNamed(operators.Unit(node)[0].Name)!);
        var map = LayerMapping.Of(model, rewritten, rewrites.Names, operators.FusedTensors, pass.ErrorOf, precisions);
        var outputs = usual.Outputs.Concat(int16.Outputs).ToDictionary(StringComparer.Ordinal);
        var records = QdqRecords.Of(rewritten, t => outputs.GetValueOrDefault(t, t) is var source && reference.Has(source) ? source : null,
            usual.Constants.Concat(int16.Constants).ToDictionary(StringComparer.Ordinal));
        return new LoweringResult(rewritten, map, records, MacShare.Of(rewritten, pass.InputShapes), kept, notes.ToImmutable())
        {
            Float = float32,
            Record = new LoweringRecord(rewrites.Summary(survivors.Select(s => s.Item1), pass.ErrorOf), Unsupported(rewrites, floats), precisions.Layers(pass.InputShapes)),
        };
    }

    private static float ConstantScale(Graph graph, string tensor, NumberFormat format) =>
        QuantizationParameters.For(ValueRange.Of(graph.Constant(tensor)!.Span<float>()) ?? default, format).Scale;
}
