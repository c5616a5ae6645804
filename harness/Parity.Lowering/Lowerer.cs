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
        var rewritten = profile.Quantization is null ? model.Clone() : OpsetUpgrade.Apply(model).Clone();
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
        var float32 = rewritten.Clone();
        ImmutableArray<string> keptNodes = [];
        if (half)
        {
            var overflowing = survivors.Select(s => s.Item2).Distinct(StringComparer.Ordinal).Where(t => !kept.Contains(t) && pass.RangeOf(t).AbsoluteMaximum > (float)Half.MaxValue).ToList();
            if (overflowing.Count > 0)
                notes.Add($"activations beyond the range of half become infinite: {string.Join(", ", overflowing)}");
            keptNodes = [.. rewritten.Graph.Nodes.Where(n => n.Outputs.Any(kept.Contains)).Select(n => n.Name)];
            var beyond = HalfPrecision.Apply(rewritten, kept);
            if (!beyond.IsEmpty)
                notes.Add($"constants beyond the range of half, kept in float32: {string.Join(", ", beyond)}");
        }
        var map = LayerMapping.Of(model, rewritten, names, ImmutableHashSet<string>.Empty, pass.ErrorOf);
        return new LoweringResult(rewritten, map, [], null, keptNodes, notes.ToImmutable(), float32);
    }

    /// <summary>A ready Q/DQ model as it is: its scales are kept. The layer map leads from its float twin to it.</summary>
    /// <exception cref="FaultException">The model has no Q/DQ pair, or a damaged one.</exception>
    public static LoweringResult TakeReady(OnnxModel model, TargetProfile profile)
    {
        var records = QdqRecords.Of(model, tensor => tensor, ImmutableDictionary<string, string>.Empty);
        if (records.IsEmpty)
            throw new FaultException("the model has no Q/DQ pairs", "model", "Give a quantized model, or lower this one.");
        var twin = FloatTwin.Of(model);
        var map = LayerMapping.Of(twin, model, new TensorNames(), ImmutableHashSet<string>.Empty, _ => null);
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var (node, reason) in QdqView.Of(model).Unpaired)
            notes.Add($"{node.Name} ({node.OpType}) is in no pair: {reason}");
        if (profile.Quantization is { } rules)
            notes.AddRange(ReadyModelCheck.Differences(records, rules, profile.Name));
        return new LoweringResult(model, map, records, MacShare.Of(model, null), [], notes.ToImmutable(), null);
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
            .ToDictionary(r => r, _ => Calibrators.Create(plan.Calibrator, plan.Percentile, rules.Activations.Scale), StringComparer.Ordinal);
        var pass = CalibrationPass.Run(model, rewritten, survivors, observers, activations);
        if (pass.Count == 0)
            throw new FaultException("there are no calibration inputs", "calibration", "Give a calibration set of some tens of typical inputs.");
        var parameters = observers.Keys.ToDictionary(r => r, r => QuantizationParameters.For(pass.RangeOf(r), rules.Activations), StringComparer.Ordinal);

        var float32 = rewritten.Clone();
        var operands = graph.Nodes
            .SelectMany(n => operators.DataInputs(n).Select(i => (Node: n, Index: i)))
            .Where(o => graph.Constant(o.Node.Input(o.Index)) is not null).ToList();
        var insertion = new QdqInsertion(graph, rules);
        foreach (var node in operators.Weighted.ToList())
        {
            if (OutputChannels.Of(graph, node) is null)
                continue;
            var input = pairs.FirstOrDefault(p => p.Tensor == node.Input(0));
            float scale = input is not null ? parameters[input.Root].Scale
                : ConstantScale(graph, node.Input(0), rules.Activations);
            insertion.Weights(node, scale);
        }
        foreach (var (node, index) in operands)
            insertion.Operand(node, index);
        foreach (var pair in pairs)
            insertion.Activation(pair, parameters[pair.Root]);
        graph.Prune();

        if (insertion.SaturatedBiases.Count > 0)
            notes.Add($"bias codes saturated at 32 bits: {string.Join(", ", insertion.SaturatedBiases)}");
        var floats = LayerMapping.FloatTensors(rewritten).Select(t => graph.ProducerOf(t)!)
            .Where(n => rules.RuleFor(n) is null && rules.Placement == PairPlacement.OperatorOutputs && !operators.IsFusedActivation(n))
            .GroupBy(n => n.OpType).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} ({g.Count()})").ToList();
        if (floats.Count > 0)
            notes.Add($"run in float: {string.Join(", ", floats)}");

        var reference = model.Graph;
        var map = LayerMapping.Of(model, rewritten, names, operators.FusedTensors, pass.ErrorOf);
        var records = QdqRecords.Of(rewritten, t => insertion.Outputs.GetValueOrDefault(t, t) is var source && reference.Has(source) ? source : null, insertion.Constants);
        return new LoweringResult(rewritten, map, records, MacShare.Of(rewritten, pass.InputShapes), operators.KeptFloat, notes.ToImmutable(), float32);
    }

    private static float ConstantScale(Graph graph, string tensor, NumberFormat format) =>
        QuantizationParameters.For(ValueRange.Of(graph.Constant(tensor)!.Span<float>()) ?? default, format).Scale;
}
