using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Outputs of the layers that a plan wants in another precision than the target's.</summary>
internal sealed record AskedPrecisions(ImmutableHashSet<string> Float, ImmutableHashSet<string> Float16, ImmutableHashSet<string> Int16)
{
    /// <summary>By the names of the float model.</summary>
    /// <exception cref="FaultException">Patterns that name nothing, a layer in two precisions, a target without 16-bit integers.</exception>
    public static AskedPrecisions Of(Graph graph, LoweringPlan plan)
    {
        var faults = new FaultList();
        ImmutableHashSet<string> Named(ImmutableArray<string> patterns, string where) => faults.Catch(() => NamePattern.Outputs(graph, patterns, where)) ?? [];
        var asked = new AskedPrecisions(Named(plan.KeepFloat, "keep-float"), Named(plan.Float16, "precision fp16"), Named(plan.Int16, "precision int16"));
        var twice = asked.Float.Intersect(asked.Float16).Union(asked.Float.Intersect(asked.Int16)).Union(asked.Float16.Intersect(asked.Int16));
        foreach (string output in twice.Order(StringComparer.Ordinal))
            faults.Add($"layer {graph.ProducerOf(output)!.Name} is asked for in two precisions", "precision", "Let its name match patterns of one precision.");
        if (!plan.Int16.IsEmpty && plan.Profile.Quantization?.Int16 is null)
            faults.Add($"{plan.Profile.Name} has no 16-bit integers", "precision int16", "Ask for float or fp16.");
        faults.ThrowIfAny();
        return asked;
    }

    /// <summary>The same layers after rewriting.</summary>
    public AskedPrecisions In(TensorNames names) => new(
        Float.Select(names.Owner).ToImmutableHashSet(), Float16.Select(names.Owner).ToImmutableHashSet(), Int16.Select(names.Owner).ToImmutableHashSet());
}
