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
        var profile = plan.Profile;
        var faults = new FaultList();
        if (profile.Quantization is not null)
        {
            Calibrators.Check(plan.Calibrator, plan.Percentile, plan.Options.AveragingConstant, "calibrator", faults);
            Calibrators.Check(plan.Options.WeightsCalibrator, plan.Percentile, plan.Options.AveragingConstant, "weights-calibrator", faults);
        }
        if (model.Graph.Nodes.Any(n => QdqView.IsQuantize(n) || QdqView.IsDequantize(n)))
            faults.Add("the model has Q/DQ nodes already", "model", "Take it as a ready model, or lower the float model it came from.");
        var asked = faults.Catch(() => AskedPrecisions.Of(model.Graph, plan));
        faults.ThrowIfAny();

        int leastOpset = profile.Quantization is { } quantization ? LeastOpset(quantization, !plan.Int16.IsEmpty) : 0;
        var rewrites = CompilerRewrites.Of(model, profile, leastOpset, activations);
        asked = asked!.In(rewrites.Names);
        var survivors = LayerMapping.FloatTensors(model)
            .Where(t => rewrites.Names.WhyRemoved(t) is null && rewrites.Model.Graph.Has(rewrites.Names.Current(t)))
            .Select(t => (t, rewrites.Names.Current(t))).ToImmutableArray();
        return profile.Quantization is { } rules ? Quantize(model, plan, rules, rewrites, asked, survivors, activations, progress) : InFloat(model, profile, rewrites, asked, survivors, activations);
    }

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
        var float32 = rewritten.Clone();
        var halved = NodesOf(float32, halves);
        ImmutableArray<string> keptNodes = [.. rewritten.Graph.Nodes.Where(n => n.Outputs.Any(asked.Float.Contains) && profile.Float == FloatPrecision.Float16).Select(n => n.Name)];
        notes.AddRange(Halve(rewritten, halves, watched.Keys, pass, (_, _) => false));
        var precisions = new OperatorPrecisions(rewritten, t => Maker(float32, rewritten, t), node => node, halved, ImmutableDictionary<string, ElementType>.Empty);
        var map = LayerMapping.Of(model, rewritten, rewrites.Names, ImmutableHashSet<string>.Empty, ImmutableDictionary<string, string>.Empty, pass.ErrorOf, precisions);
        var inputs = pass.InputShapes.IsEmpty ? null : pass.InputShapes;
        var record = new LoweringRecord(rewrites.Summary(survivors.Select(s => s.Item1), pass.ErrorOf), Unsupported(rewrites, []), precisions.Layers(inputs, ImmutableHashSet<string>.Empty));
        return new LoweringResult(rewritten, map, [], CostOf(rewritten, profile, inputs, precisions), keptNodes, notes.ToImmutable()) { Record = record, Float = float32 };
    }

    /// <summary>Rounds to half, and says what half cannot hold.</summary>
    /// <param name="watched">Tensors whose ranges <paramref name="pass"/> has.</param>
    private static IEnumerable<string> Halve(OnnxModel model, IReadOnlySet<string> halves, IEnumerable<string> watched, CalibrationPass pass, Func<Node, string, bool> becomesCodes)
    {
        var overflowing = watched.Where(t => pass.RangeOf(t).AbsoluteMaximum > (float)Half.MaxValue).ToList();
        if (overflowing.Count > 0)
            yield return $"activations beyond the range of half become infinite: {string.Join(", ", overflowing)}";
        if (halves.Count > 0 && HalfPrecision.Apply(model, halves, becomesCodes) is { IsEmpty: false } beyond)
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
        var precisions = OperatorPrecisions.OfReady(model);
        var map = LayerMapping.Of(twin, model, new TensorNames(), ImmutableHashSet<string>.Empty, ImmutableDictionary<string, string>.Empty, _ => null, precisions);
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var (node, reason) in QdqView.Of(model).Unpaired)
            notes.Add($"{node.Name} ({node.OpType}) is in no pair: {reason}");
        if (profile.Quantization is { } rules)
            notes.AddRange(ReadyModelCheck.Differences(records, rules, profile.Name));
        return new LoweringResult(model, map, records, CostOf(model, profile, null, precisions), [], notes.ToImmutable());
    }

    private static LoweringResult Quantize(
        OnnxModel model, LoweringPlan plan, QuantizationRules rules, CompilerRewrites rewrites, AskedPrecisions asked,
        ImmutableArray<(string, string)> survivors, ActivationStream activations, Action<int, int>? progress)
    {
        var rewritten = rewrites.Model;
        var graph = rewritten.Graph;
        var shapes = ShapeInference.Of(rewritten);
        var hosted = rewrites.Hosted.SelectMany(h => h.Node.Outputs).ToImmutableHashSet();
        var operators = new QuantizedOperators(graph, shapes, rules, asked.Float.Union(asked.Float16).Union(hosted));
        var pairs = MixedIntegers.Split(PairPlacing.Place(graph, shapes, rules.Placement, operators), graph, operators, asked.Int16);
        if (pairs.IsEmpty && operators.KeptFloat.IsEmpty)
            throw new FaultException($"{plan.Profile.Name} would quantize nothing of it", "model", "Give a float32 model with operators that the target quantizes.");
        // Which layers have 16 bits is told by their outputs, which rounding to half renames.
        var wideNodes = graph.Nodes.Where(n => MixedIntegers.IsInt16(n, operators, asked.Int16)).Select(n => n.Name).ToImmutableHashSet();
        var halves = Halves(plan.Profile, rules, operators, pairs, hosted)
            .Concat(operators.KeptFloat.Where(k => k.Unit.Any(m => m.Outputs.Any(asked.Float16.Contains))).SelectMany(k => k.Node.Outputs)).Concat(asked.Float16).ToImmutableHashSet();
        ImmutableArray<string> kept = [.. operators.KeptFloat.Where(k => k.Unit.Any(m => m.Outputs.Any(asked.Float.Contains))).Select(k => k.Node.Name)];
        var floats = LayerMapping.FloatTensors(rewritten).Select(t => graph.ProducerOf(t)!)
            .Where(n => rules.RuleFor(n) is null && rules.Placement == PairPlacement.OperatorOutputs && !operators.IsFused(n)).Distinct().ToList();
        var watched = survivors.Select(s => s.Item2).Where(halves.Contains).Distinct(StringComparer.Ordinal).ToList();
        var observers = watched.ToDictionary(t => t, IRangeObserver (_) => new MinMaxObserver(), StringComparer.Ordinal);
        var notes = rewrites.Notes.ToBuilder();
        var roots = pairs.Select(p => p.Root).Distinct(StringComparer.Ordinal).ToImmutableArray();
        var known = plan.Options.Ranges?.Match(roots, survivors, notes) ?? ImmutableDictionary<string, ValueRange>.Empty;
        var ranged = roots.Where(r => !known.ContainsKey(r)).ToDictionary(r => r, _ => Calibrators.Create(plan.Calibrator, plan.Percentile, plan.Options.AveragingConstant, rules.Activations), StringComparer.Ordinal);
        // A tensor may be both calibrated, perhaps cut, and watched for what half cannot hold.
        var pass = CalibrationPass.Run(model, rewritten, survivors, ranged.Concat(observers.Where(o => !ranged.ContainsKey(o.Key))).ToDictionary(StringComparer.Ordinal), activations);
        if (pass.Count == 0)
            throw new FaultException("there are no calibration inputs", "calibration", "Give a calibration set of some tens of typical inputs.");
        var sharing = SharedScales.Of(graph, operators, pairs);
        // Layers may have 16-bit integers among others: a writer for each of the two formats.
        var wide = rules.Int16 is { } option ? rules with { Activations = option.Activations, Weights = option.Weights, Bias = option.Bias ?? rules.Bias } : rules;
        var codes = pairs.Select(p => (p.Root, p.IsInt16)).Distinct().ToDictionary(p => p, p => ActivationCodes.Of(
            sharing[p.Root].Select(r => known.TryGetValue(r, out var range) ? range : pass.RangeOf(r)).Aggregate((a, b) => a.Union(b)), (p.IsInt16 ? wide : rules).Activations,
            graph.IsInput(p.Root) ? rules.InputScale : null));

        var float32 = rewritten.Clone();
        WeightCalibration.Apply(rewritten, [.. operators.Weighted], rules.Weights, plan, activations, notes, progress);
        var operands = graph.Nodes
            .SelectMany(n => operators.DataInputs(n).Select(i => (Node: n.Name, Index: i)))
            .Where(o => graph.Constant(graph.NodeNamed(o.Node)!.Input(o.Index)) is not null).ToList();
        notes.AddRange(Halve(rewritten, halves, watched, pass, operators.BecomesCodes));
        var inserted = new InsertedQuantizers();
        QdqInsertion usual = new(rewritten, rules, shapes, inserted), int16 = new(rewritten, wide, shapes, inserted);
        QdqInsertion Writer(bool isInt16) => isInt16 ? int16 : usual;
        foreach (var node in operators.Weighted.ToList())
        {
            if (OutputChannels.Of(graph, node) is null)
                continue;
            bool isInt16 = wideNodes.Contains(node.Name);
            var input = pairs.LastOrDefault(p => p.Tensor == node.Input(0) && (p.Readers is null || p.Readers.Value.Contains(new NodeInput(node.Name, 0))));
            Writer(isInt16).Weights(node, input is not null ? codes[(input.Root, input.IsInt16)].Linear?.Scale : ConstantScale(graph, node.Input(0), (isInt16 ? wide : rules).Activations));
        }
        foreach (var (node, index) in operands)
            Writer(wideNodes.Contains(node)).Operand(graph.NodeNamed(node)!, index);
        foreach (var pair in pairs)
        {
            // Where 16-bit codes are quantized once more, the reader has their dequantization already.
            string tensor = pair.Readers is [var reader, ..] ? graph.NodeNamed(reader.Node)!.Input(reader.Index) : pair.Tensor;
            Writer(pair.IsInt16).Activation(pair with { Tensor = tensor }, codes[(pair.Root, pair.IsInt16)]);
        }
        // No output depends on the shares, so that they are gone after pruning.
        var outliers = OutlierShares(inserted.OutlierShares.Count > 0 ? rewritten.Clone() : rewritten, inserted.OutlierShares, activations);
        graph.Prune();

        if (inserted.SaturatedBiases.Count > 0)
            notes.Add($"bias codes saturated at {(rules.Bias == BiasRule.Int16AtProduct ? 16 : 32)} bits: {string.Join(", ", inserted.SaturatedBiases)}");
        if (inserted.Unpaired > 0)
            notes.Add($"{inserted.Unpaired} quantizers are operators in float, not Q/DQ pairs, and have no record of their own: "
                + (rules.Activations.Time == ScaleTime.Dynamic ? "their scales follow the values of each run" : "their codes are logarithms"));
        if (outliers.Count > 0)
            notes.Add(FormattableString.Invariant($"of the columns, {outliers.Values.Average() * 100:0.0} % are outliers on the calibration inputs and run in half ({outliers.Values.Count(v => v > 0)} of {outliers.Count} layers have some)"));

        var reference = model.Graph;
        var halved = NodesOf(float32, halves).Where(n => operators.RuleOf(float32.Graph.NodeNamed(n)!)?.Role is null or OperatorRole.Passive && !operators.IsFused(float32.Graph.NodeNamed(n)!)).ToImmutableHashSet();
        var precisions = new OperatorPrecisions(rewritten, t => Maker(float32, rewritten, t), node => graph.NodeNamed(operators.Unit(node)[0].Name)!, halved, inserted.Quantized);
        var map = LayerMapping.Of(model, rewritten, rewrites.Names, operators.FusedTensors, inserted.Stands, pass.ErrorOf, precisions);
        var records = QdqRecords.Of(rewritten, t => inserted.Sources.GetValueOrDefault(t, t) is var source && reference.Has(source) ? source : null, inserted.Constants);
        var cost = LayerCosts.Of(rewritten, plan.Profile, pass.InputShapes, inserted.Quantized, precisions, inserted.OutlierNodes, outliers);
        return new LoweringResult(rewritten, map, records, cost, kept, notes.ToImmutable())
        {
            Float = float32,
            Record = new LoweringRecord(
                rewrites.Summary(survivors.Select(s => s.Item1), pass.ErrorOf), Unsupported(rewrites, floats), precisions.Layers(pass.InputShapes, inserted.OutlierNodes)),
            Emulated = new EmulatedQuantizers([.. inserted.Emulated.Where(e => graph.Has(e.Result))], [.. inserted.EmulatedConstants.Where(graph.Has)]),
        };
    }

    /// <summary>Outputs of what the chip computes in half by itself: all but what makes or moves codes, and what the host takes.</summary>
    private static IEnumerable<string> Halves(
        TargetProfile profile, QuantizationRules rules, QuantizedOperators operators, ImmutableArray<ActivationPair> pairs, IReadOnlySet<string> hosted)
    {
        if (profile.Float != FloatPrecision.Float16)
            return [];
        var exact = hosted.ToHashSet(StringComparer.Ordinal);
        if (rules.Placement == PairPlacement.OperatorOutputs || rules.Result == FloatPrecision.Float32)
        {
            exact.UnionWith(pairs.Where(p => p.Readers is null).Select(p => p.Tensor));
            exact.UnionWith(operators.FusedTensors);
        }
        return operators.Outputs.Where(o => !exact.Contains(o));
    }

    private static ImmutableHashSet<string> NodesOf(OnnxModel model, IEnumerable<string> tensors) =>
        tensors.Select(t => model.Graph.ProducerOf(t)?.Name).OfType<string>().ToImmutableHashSet();

    /// <summary>The operator that made a tensor before anything was quantized, as it stands in the lowered model.</summary>
    private static Node? Maker(OnnxModel float32, OnnxModel lowered, string tensor) =>
        float32.Graph.ProducerOf(tensor) is { } node ? lowered.Graph.NodeNamed(node.Name) : null;

    /// <summary>Mean over the calibration inputs of each layer's share of outlier columns.</summary>
    private static Dictionary<string, double> OutlierShares(OnnxModel lowered, Dictionary<string, string> tensors, ActivationStream activations)
    {
        var sums = tensors.Keys.ToDictionary(n => n, _ => 0.0, StringComparer.Ordinal);
        int count = 0;
        if (tensors.Count == 0)
            return sums;
        foreach (var run in activations(lowered, [.. tensors.Values.Distinct(StringComparer.Ordinal)]))
        {
            foreach (var (node, tensor) in tensors)
                sums[node] += run[tensor].Span<float>()[0];
            count++;
        }
        return sums.ToDictionary(s => s.Key, s => s.Value / count, StringComparer.Ordinal);
    }

    private static int LeastOpset(QuantizationRules rules, bool int16)
    {
        NumberFormat?[] formats = [rules.Activations, rules.Weights, .. int16 ? [rules.Int16?.Activations, rules.Int16?.Weights] : Array.Empty<NumberFormat?>()];
        return formats.Any(f => f is { Bits: > 8, Time: ScaleTime.Calibrated, Scale: not ScaleForm.Logarithm }) ? OpsetUpgrade.OfInt16 : OpsetUpgrade.OfScalesPerChannel;
    }

    private static CostRecord CostOf(OnnxModel model, TargetProfile profile, IReadOnlyDictionary<string, ImmutableArray<int>>? inputs, OperatorPrecisions precisions) =>
        LayerCosts.Of(model, profile, inputs, ImmutableDictionary<string, ElementType>.Empty, precisions, ImmutableHashSet<string>.Empty, ImmutableDictionary<string, double>.Empty);

    private static float? ConstantScale(Graph graph, string tensor, NumberFormat format) =>
        ActivationCodes.Of(ValueRange.Of(graph.Constant(tensor)!.Span<float>()) ?? default, format, null).Linear?.Scale;
}
