using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>Rules over targets to findings in the order in which to read them.</summary>
public static class Diagnosis
{
    /// <summary>
    /// Those with measured points first, most points first; then by certainty and weight, one that only follows from another behind it. Experiments of the run are joined
    /// to the findings that wanted them.
    /// </summary>
    public static ImmutableArray<Finding> Of(TargetCase target, ImmutableArray<IRule> rules)
    {
        ImmutableArray<Finding> all = [.. rules.SelectMany(r => r.Look(target))
            .Select(f => f with { Swap = f.Wanted is { } wanted ? target.Target.Experiments?.FirstOrDefault(e => e.Experiment.What == wanted.What) : null })];
        // A layer that another rule explains is not told again as one that merely loses.
        all = [.. all.Where(f => f.Rule != LossyLayer.Rule || !all.Any(o => o.Rule != f.Rule && o.Node == f.Node))];
        var weights = Weights(target, all);
        return
        [
            .. all.OrderByDescending(f => f.ExplainedPoints is > 0)
                .ThenByDescending(f => f.ExplainedPoints ?? 0)
                .ThenByDescending(f => f.Certainty)
                .ThenByDescending(f => weights[f].Weight)
                .ThenBy(f => weights[f].Behind)
                .ThenBy(f => f.Rule, StringComparer.Ordinal)
                .ThenBy(f => f.Node, StringComparer.Ordinal),
        ];
    }

    /// <summary>What a rule sees at an operator and again behind it, it sees once: the second weighs no more than the first and stands behind it.</summary>
    private static Dictionary<Finding, (double Weight, int Behind)> Weights(TargetCase target, ImmutableArray<Finding> findings)
    {
        var weights = new Dictionary<Finding, (double Weight, int Behind)>(ReferenceEqualityComparer.Instance);
        foreach (Finding finding in findings)
            weights[finding] = (finding.Weight, 0);
        var at = findings.Where(f => f.Node is not null).ToLookup(f => (f.Rule, f.Node!));
        foreach (var node in target.Model.Graph.Nodes)
        {
            foreach (Finding finding in findings.Where(f => f.Node == node.Name))
            {
                foreach (Finding cause in Before(target, node).SelectMany(n => at[(finding.Rule, n.Name)]).Where(c => c != finding && c.Certainty >= finding.Certainty))
                {
                    if (weights[cause] is var before && before.Weight <= weights[finding].Weight)
                        weights[finding] = (before.Weight, before.Behind + 1);
                }
            }
        }
        return weights;
    }

    /// <summary>The operators that lead to this one through at most one quantizer.</summary>
    private static HashSet<Node> Before(TargetCase target, Node node)
    {
        var before = new HashSet<Node>();
        var open = new Queue<(Node Node, bool Crossed)>([(node, false)]);
        while (open.TryDequeue(out var at))
        {
            foreach (string input in at.Node.Inputs)
            {
                bool crosses = target.Model.Graph.ProducerOf(input) is { } producer && QdqView.IsDequantize(producer);
                if (crosses && at.Crossed || target.MakerOf(input) is not { } maker || !before.Add(maker))
                    continue;
                open.Enqueue((maker, at.Crossed || crosses));
            }
        }
        return before;
    }
}
