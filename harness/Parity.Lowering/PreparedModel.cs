using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>A float model rewritten for a target and calibrated, whose layers can be switched between precisions: only the insertion of Q/DQ is done again. See <see cref="Lowerer.Prepare"/>.</summary>
public sealed class PreparedModel
{
    private readonly OnnxModel _model;
    private readonly LoweringPlan _plan;
    private readonly CompilerRewrites _rewrites;
    private readonly Lazy<CompilerRewrites> _inOtherOpset;
    private readonly CalibrationPass _pass;
    private readonly ActivationStream _activations;

    internal PreparedModel(OnnxModel model, LoweringPlan plan, CompilerRewrites rewrites, CalibrationPass pass, ActivationStream activations)
    {
        (_model, _plan, _rewrites, _pass, _activations) = (model, plan, rewrites, pass, activations);
        // Codes of 16 bits are written in a newer opset, which nothing else needs.
        _inOtherOpset = new Lazy<CompilerRewrites>(() => Lowerer.Rewritten(model, plan with { Int16 = plan.Int16.IsEmpty ? ["*"] : [] }, activations));
        Layers = LayersOf(model, plan, rewrites);
    }

    public TargetProfile Profile => _plan.Profile;

    /// <summary>What the target quantizes in its usual format under the plan as prepared, in the order of the graph; operators that only move codes are none.</summary>
    public ImmutableArray<SwitchableLayer> Layers { get; }

    /// <summary>The same model that <see cref="Lowerer.Lower"/> makes of the plan with these patterns, bit for bit.</summary>
    /// <param name="keepFloat">As in <see cref="LoweringPlan"/>; likewise the others.</param>
    /// <exception cref="Core.FaultException">As <see cref="Lowerer.Lower"/>.</exception>
    public LoweringResult With(ImmutableArray<string> keepFloat, ImmutableArray<string> float16, ImmutableArray<string> int16)
    {
        var plan = _plan with { KeepFloat = keepFloat, Float16 = float16, Int16 = int16 };
        var rewrites = int16.IsEmpty == _plan.Int16.IsEmpty ? _rewrites : _inOtherOpset.Value;
        return Lowerer.Insert(_model, plan, rewrites with { Model = rewrites.Model.Clone() }, Lowerer.Checked(_model, plan), _pass, _activations, null);
    }

    private static ImmutableArray<SwitchableLayer> LayersOf(OnnxModel model, LoweringPlan plan, CompilerRewrites rewrites)
    {
        var graph = rewrites.Model.Graph;
        var asked = AskedPrecisions.Of(model.Graph, plan).In(rewrites.Names);
        var settled = rewrites.Hosted.SelectMany(h => h.Node.Outputs).Concat(asked.Float).Concat(asked.Float16).Concat(asked.Int16).ToImmutableHashSet();
        var operators = new QuantizedOperators(graph, ShapeInference.Of(rewrites.Model), plan.Profile.Quantization!, settled);
        var written = model.Graph.Nodes.Where(n => !n.Is("Constant") && n.Outputs.Any(o => o.Length > 0))
            .Select(n => (Node: n, Now: graph.ProducerOf(rewrites.Names.Owner(n.Outputs.First(o => o.Length > 0)))?.Name))
            .Where(n => n.Now is not null).ToLookup(n => n.Now!, n => n.Node, StringComparer.Ordinal);
        return
        [
            .. from node in graph.Nodes
               where operators.RuleOf(node) is { Role: not OperatorRole.Passive } && !operators.IsFused(node)
               let named = operators.Unit(node).SelectMany(m => written[m.Name]).FirstOrDefault()
               where named is not null
               select new SwitchableLayer(named.Name.Length > 0 ? named.Name : named.Outputs.First(o => o.Length > 0), node.OpType),
        ];
    }
}

/// <summary>An operator that the target quantizes, with those it fuses with it.</summary>
/// <param name="Name">As a pattern of a plan names it: a node of the float model.</param>
/// <param name="OpType">Of the first operator after rewriting.</param>
public sealed record SwitchableLayer(string Name, string OpType);
