using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>The float model as the target's compiler would have it before quantizing.</summary>
/// <param name="Model">In the least opset that its new operators and its codes need.</param>
/// <param name="Hosted">Operators beyond the target's limits, with the limit.</param>
/// <param name="Split">Operators that stand as several, with how.</param>
internal sealed record CompilerRewrites(
    OnnxModel Model, TensorNames Names, ImmutableArray<(Node Node, string Reason)> Hosted, ImmutableArray<(Node Node, string Reason)> Split, ImmutableArray<string> Notes)
{
    /// <param name="leastOpset">Of codes to be written; 0 without.</param>
    /// <exception cref="FaultException">An operator that the target's compiler refuses, or that cannot be written in the opset.</exception>
    public static CompilerRewrites Of(OnnxModel model, TargetProfile profile, int leastOpset, ActivationStream activations)
    {
        var rules = profile.Compiler;
        var names = new TensorNames();
        var notes = ImmutableArray.CreateBuilder<string>();
        bool hardSwish = rules.HardSwishAsOne && HardSwishJoining.Applies(model.Graph);
        var rewritten = OpsetUpgrade.Apply(model, Math.Max(leastOpset, hardSwish ? HardSwishJoining.LeastOpset : 0)).Clone();
        IdentityRemoval.Apply(rewritten, names);
        ConstantFolding.Apply(rewritten, names, activations);
        BatchNormFolding.Apply(rewritten, names);
        if (rules.FocusAsConvolution)
            FocusFolding.Apply(rewritten, names);
        if (rules.InputNormalization)
            notes.AddRange(InputNormalization.Apply(rewritten, names));
        if (hardSwish)
            HardSwishJoining.Apply(rewritten, names);
        ImmutableArray<(Node, string)> split = rules.MaxPools is { } pools ? PoolSplitting.Apply(rewritten, pools, names) : [];
        BatchNormReplacement.Apply(rewritten, rules.BatchNorm, names);
        if (rewritten.OpsetVersion != model.OpsetVersion)
            notes.Add($"written in opset {rewritten.OpsetVersion}; the float model uses {model.OpsetVersion}");
        var hosted = OperatorLimits.Hosted(rewritten.Graph, ShapeInference.Of(rewritten), rules.Limits, profile.Name);
        return new CompilerRewrites(rewritten, names, hosted, split, notes.ToImmutable());
    }

    /// <summary>Each rewrite with how often it was made and its worst figure; also of tensors between fused operators, which have no row in the layer map.</summary>
    /// <param name="tensors">Of the float model, that the rewritten one has.</param>
    public ImmutableArray<RewriteRecord> Summary(IEnumerable<string> tensors, Func<string, double?> check) =>
    [
        .. tensors.SelectMany(t => Names.WhyChanged(t)?.Split("; ").Select(reason => (Reason: reason, Check: check(t))) ?? [])
            .GroupBy(r => r.Reason).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new RewriteRecord(g.Key, g.Count(), g.Max(r => r.Check))),
    ];
}
