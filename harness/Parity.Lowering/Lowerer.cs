using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>From a float model to what a target runs.</summary>
public static class Lowerer
{
    /// <summary>
    /// Folds batch norms, removes identities, calibrates on <paramref name="activations"/> and writes Q/DQ, or half precision, as the profile says.
    /// <paramref name="model"/> stays as it is.
    /// </summary>
    /// <exception cref="FaultException">
    /// A pattern that names no layer, an unknown calibrator, a model that is quantized already, no calibration inputs for a target that needs them,
    /// NaN in activations or weights, a rewrite that changed the float model.
    /// </exception>
    public static LoweringResult Lower(OnnxModel model, LoweringPlan plan, ActivationStream activations)
    {
        var profile = plan.Profile;
        var faults = new FaultList();
        if (profile.Quantization is not null)
            Calibrators.Check(plan.Calibrator, plan.Percentile, faults);
        if (model.Graph.Nodes.Any(n => QdqView.IsQuantize(n) || QdqView.IsDequantize(n)))
            faults.Add("the model has Q/DQ nodes already", "model", "Take it as a ready model, or lower the float model it came from.");
        var keptOutputs = faults.Catch(() => NamePattern.Outputs(model.Graph, plan.KeepFloat));
        faults.ThrowIfAny();

        var names = new TensorNames();
        var rewritten = profile.Quantization is { } quantization ? OpsetUpgrade.Apply(model, LeastOpset(quantization)).Clone() : model.Clone();
        IdentityRemoval.Apply(rewritten, names);
        ConstantFolding.Apply(rewritten, names, activations);
        BatchNormFolding.Apply(rewritten, names);
        var kept = keptOutputs!.Select(names.Owner).ToImmutableHashSet();
        var survivors = LayerMapping.FloatTensors(model)
            .Where(t => names.WhyRemoved(t) is null && rewritten.Graph.Has(names.Current(t)))
            .Select(t => (t, names.Current(t))).ToImmutableArray();
        var notes = ImmutableArray.CreateBuilder<string>();
        if (rewritten.OpsetVersion != model.OpsetVersion)
            notes.Add($"written in opset {rewritten.OpsetVersion}; the float model uses {model.OpsetVersion}");

        if (profile.Quantization is { } rules)
            return Quantize(model, plan, rules, rewritten, names, kept, survivors, activations, notes);

        bool half = profile.Float == FloatPrecision.Float16;
        var watched = (half ? survivors.Select(s => s.Item2).Distinct(StringComparer.Ordinal) : []).ToDictionary(t => t, IRangeObserver (_) => new MinMaxObserver(), StringComparer.Ordinal);
        var pass = CalibrationPass.Run(model, rewritten, survivors, watched, activations);
        if (pass.Count == 0)
            notes.Add("no calibration inputs: the rewritten model was not compared with the float model");
        ImmutableArray<string> keptNodes = [];
        if (half)
        {
            notes.AddRange(Overflowing(survivors.Select(s => s.Item2).Where(t => !kept.Contains(t)), pass));
            keptNodes = [.. rewritten.Graph.Nodes.Where(n => n.Outputs.Any(kept.Contains)).Select(n => n.Name)];
            var beyond = HalfPrecision.Apply(rewritten, kept, ImmutableHashSet<string>.Empty);
            if (!beyond.IsEmpty)
                notes.Add($"constants beyond the range of half, kept in float32: {string.Join(", ", beyond)}");
        }
        var map = LayerMapping.Of(model, rewritten, names, ImmutableHashSet<string>.Empty, ImmutableDictionary<string, string>.Empty, pass.ErrorOf);
        return new LoweringResult(rewritten, map, [], CostOf(rewritten, profile, pass.InputShapes.IsEmpty ? null : pass.InputShapes), keptNodes, notes.ToImmutable());
    }

    /// <summary>A ready Q/DQ model as it is: its scales are kept. The layer map leads from its float twin to it.</summary>
    /// <exception cref="FaultException">The model has no Q/DQ pair, or a damaged one.</exception>
    public static LoweringResult TakeReady(OnnxModel model, TargetProfile profile)
    {
        var records = QdqRecords.Of(model, tensor => tensor, ImmutableDictionary<string, string>.Empty);
        if (records.IsEmpty)
            throw new FaultException("the model has no Q/DQ pairs", "model", "Give a quantized model, or lower this one.");
        var twin = FloatTwin.Of(model);
        var map = LayerMapping.Of(twin, model, new TensorNames(), ImmutableHashSet<string>.Empty, ImmutableDictionary<string, string>.Empty, _ => null);
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var (node, reason) in QdqView.Of(model).Unpaired)
            notes.Add($"{node.Name} ({node.OpType}) is in no pair: {reason}");
        if (profile.Quantization is { } rules)
            notes.AddRange(ReadyModelCheck.Differences(records, rules, profile.Name));
        return new LoweringResult(model, map, records, CostOf(model, profile, null), [], notes.ToImmutable());
    }

    private static LoweringResult Quantize(
        OnnxModel model, LoweringPlan plan, QuantizationRules rules, OnnxModel rewritten, TensorNames names, ImmutableHashSet<string> kept,
        ImmutableArray<(string, string)> survivors, ActivationStream activations, ImmutableArray<string>.Builder notes)
    {
        var graph = rewritten.Graph;
        var shapes = ShapeInference.Of(rewritten);
        var operators = new QuantizedOperators(graph, shapes, rules, kept);
        var pairs = PairPlacing.Place(graph, shapes, rules.Placement, operators);
        if (pairs.IsEmpty && operators.KeptFloat.IsEmpty)
            throw new FaultException($"{plan.Profile.Name} would quantize nothing of it", "model", "Give a float32 model with operators that the target quantizes.");
        var observers = pairs.Select(p => p.Root).Distinct(StringComparer.Ordinal)
            .ToDictionary(r => r, _ => Calibrators.Create(plan.Calibrator, plan.Percentile, rules.Activations.Symmetry), StringComparer.Ordinal);
        var roots = observers.Keys.ToList();
        if (plan.Profile.Float == FloatPrecision.Float16)
            foreach (var (_, tensor) in survivors)
                observers.TryAdd(tensor, new MinMaxObserver());
        var pass = CalibrationPass.Run(model, rewritten, survivors, observers, activations);
        if (pass.Count == 0)
            throw new FaultException("there are no calibration inputs", "calibration", "Give a calibration set of some tens of typical inputs.");
        var codes = roots.ToDictionary(r => r, r => ActivationCodes.Of(pass.RangeOf(r), rules.Activations, graph.IsInput(r) ? rules.InputScale : null), StringComparer.Ordinal);
        var floats = LayerMapping.FloatTensors(rewritten).Select(t => graph.ProducerOf(t)!)
            .Where(n => rules.RuleFor(n) is null && rules.Placement == PairPlacement.OperatorOutputs && !operators.IsFusedActivation(n))
            .GroupBy(n => n.OpType).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} ({g.Count()})").ToList();
        if (floats.Count > 0)
            notes.Add($"run in float: {string.Join(", ", floats)}");
        if (plan.Profile.Float == FloatPrecision.Float16)
            notes.AddRange(Halve(rewritten, rules, operators, pairs, survivors.Select(s => s.Item2), pass));

        var operands = graph.Nodes
            .SelectMany(n => operators.DataInputs(n).Select(i => (Node: n, Index: i)))
            .Where(o => graph.Constant(o.Node.Input(o.Index)) is not null).ToList();
        var insertion = new QdqInsertion(rewritten, rules, shapes);
        foreach (var node in operators.Weighted.ToList())
        {
            if (OutputChannels.Of(graph, node) is null)
                continue;
            insertion.Weights(node, pairs.FirstOrDefault(p => p.Tensor == node.Input(0)) is { } input ? codes[input.Root].Linear?.Scale : ConstantScale(graph, node.Input(0), rules.Activations));
        }
        foreach (var (node, index) in operands)
            insertion.Operand(node, index);
        foreach (var pair in pairs)
            insertion.Activation(pair, codes[pair.Root]);
        // No output depends on the shares, so that they are gone after pruning.
        var outliers = OutlierShares(insertion.OutlierShares.Count > 0 ? rewritten.Clone() : rewritten, insertion.OutlierShares, activations);
        graph.Prune();

        if (insertion.SaturatedBiases.Count > 0)
            notes.Add($"bias codes saturated at {(rules.Bias == BiasRule.Int16AtProduct ? 16 : 32)} bits: {string.Join(", ", insertion.SaturatedBiases)}");
        if (insertion.Unpaired > 0)
            notes.Add($"{insertion.Unpaired} quantizers are operators in float, not Q/DQ pairs, and have no record of their own: "
                + (rules.Activations.Time == ScaleTime.Dynamic ? "their scales follow the values of each run" : "their codes are logarithms"));
        if (outliers.Count > 0)
            notes.Add(FormattableString.Invariant($"of the columns, {outliers.Values.Average() * 100:0.0} % are outliers on the calibration inputs and run in half ({outliers.Values.Count(v => v > 0)} of {outliers.Count} layers have some)"));

        var reference = model.Graph;
        var map = LayerMapping.Of(model, rewritten, names, operators.FusedTensors, insertion.Stands, pass.ErrorOf);
        var records = QdqRecords.Of(rewritten, t => insertion.Sources.GetValueOrDefault(t, t) is var source && reference.Has(source) ? source : null, insertion.Constants);
        var cost = LayerCosts.Of(rewritten, plan.Profile, pass.InputShapes, insertion.Quantized, insertion.OutlierNodes, outliers);
        return new LoweringResult(rewritten, map, records, cost, operators.KeptFloat, notes.ToImmutable());
    }

    /// <summary>Rounds to half what the chip computes in half: all but what makes or moves codes.</summary>
    private static IEnumerable<string> Halve(
        OnnxModel rewritten, QuantizationRules rules, QuantizedOperators operators, ImmutableArray<ActivationPair> pairs, IEnumerable<string> tensors, CalibrationPass pass)
    {
        // A quantizer at the model's input reads what the model is fed.
        var exact = pairs.Select(p => p.Tensor).Where(rewritten.Graph.IsInput).ToHashSet(StringComparer.Ordinal);
        if (rules.Placement == PairPlacement.OperatorOutputs || rules.Result == FloatPrecision.Float32)
        {
            exact.UnionWith(pairs.Where(p => p.Readers is null).Select(p => p.Tensor));
            exact.UnionWith(operators.FusedTensors);
        }
        var weights = operators.Weighted.Select(n => n.Input(1)).ToHashSet(StringComparer.Ordinal);
        var beyond = HalfPrecision.Apply(rewritten, exact, weights);
        var notes = Overflowing(tensors.Where(t => !exact.Contains(t)), pass);
        return beyond.IsEmpty ? notes : notes.Append($"constants beyond the range of half, kept in float32: {string.Join(", ", beyond)}");
    }

    private static IEnumerable<string> Overflowing(IEnumerable<string> halves, CalibrationPass pass)
    {
        var overflowing = halves.Distinct(StringComparer.Ordinal).Where(t => pass.RangeOf(t).AbsoluteMaximum > (float)Half.MaxValue).ToList();
        return overflowing.Count > 0 ? [$"activations beyond the range of half become infinite: {string.Join(", ", overflowing)}"] : [];
    }

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

    private static int LeastOpset(QuantizationRules rules) =>
        new[] { rules.Activations, rules.Weights }.Any(f => f is { Bits: > 8, Time: ScaleTime.Calibrated, Scale: not ScaleForm.Logarithm }) ? OpsetUpgrade.SixteenBits : OpsetUpgrade.PerChannel;

    private static CostRecord CostOf(OnnxModel model, TargetProfile profile, IReadOnlyDictionary<string, ImmutableArray<int>>? inputs) =>
        LayerCosts.Of(model, profile, inputs, ImmutableHashSet<string>.Empty, ImmutableHashSet<string>.Empty, ImmutableDictionary<string, double>.Empty);

    private static float? ConstantScale(Graph graph, string tensor, NumberFormat format) =>
        ActivationCodes.Of(ValueRange.Of(graph.Constant(tensor)!.Span<float>()) ?? default, format, null).Linear?.Scale;
}
