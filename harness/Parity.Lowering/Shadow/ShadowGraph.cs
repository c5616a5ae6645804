using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Builds the model that measures every quantized layer by itself in one run. A copy of the lowered model stands beside the float model, and whatever reads a
/// tensor that the layer map matches reads the float model's instead, through the pair that stands there. The layer's own result keeps its pair, so that fused
/// kernels stay fused. A second copy, the lowered model's float twin, has only the constants quantized.
/// </summary>
public static class ShadowGraph
{
    private const string Isolated = "isolated/", WeightsOnly = "weights-only/";

    /// <param name="reference">The model that the layer map's reference side names.</param>
    /// <param name="weightsDiffer">False where the reference has the target's constants already, as a ready model's twin does.</param>
    /// <returns>Null where no layer of the map is quantized.</returns>
    /// <exception cref="FaultException">The two models use different opsets that cannot be joined; weights that cannot be told from activations.</exception>
    public static ShadowModel? Of(OnnxModel reference, LoweringResult lowered, bool weightsDiffer)
    {
        if (lowered.Qdq.IsEmpty && lowered.Emulated is { Activations.IsEmpty: true, Constants.IsEmpty: true })
            return null;
        OnnxModel shadow = reference.OpsetVersion == lowered.Model.OpsetVersion ? reference.Clone() : OpsetUpgrade.Apply(reference, lowered.Model.OpsetVersion).Clone();
        if (shadow.OpsetVersion != lowered.Model.OpsetVersion)
        {
            throw new FaultException($"the reference uses opset {shadow.OpsetVersion}, the target's model {lowered.Model.OpsetVersion}", "isolated layers",
                "Export both with one opset.");
        }
        // Several reference tensors may have one target tensor; they are equal, so the first feeds its readers.
        var fed = new Dictionary<string, string>(StringComparer.Ordinal);
        ImmutableArray<(string Reference, string Target)> rows =
            [.. lowered.Map.Rows.Select(r => (r.Reference[^1], r.Target[^1]))];
        // What a quantizer makes is fed by what it reads.
        var sources = lowered.Emulated.Activations.DistinctBy(e => e.Result).ToDictionary(e => e.Result, e => e.Source, StringComparer.Ordinal);
        foreach (var (from, to) in rows)
            fed.TryAdd(sources.GetValueOrDefault(to, to), from);
        var constants = lowered.Emulated.Constants.ToHashSet(StringComparer.Ordinal);

        var layers = ImmutableArray.CreateBuilder<ShadowLayer>();
        OnnxModel? twin = weightsDiffer ? UnquantizedActivations.Of(lowered) : null;
        foreach (var (from, to) in rows)
        {
            LayerReach reach = LayerReach.Of(lowered.Model.Graph, sources.GetValueOrDefault(to, to), fed, sources.Keys.ToHashSet(StringComparer.Ordinal), constants, isQuantizedBehind: sources.ContainsKey(to));
            if (!reach.IsQuantized)
                continue;
            string exact = sources.GetValueOrDefault(to, to);
            bool apart = reach.HasQuantizedConstant && twin is not null && twin.Graph.ProducerOf(exact) is not null;
            layers.Add(new ShadowLayer(from, to, reach.Fed, Isolated + to, apart ? WeightsOnly + exact : null));
        }
        if (layers.Count == 0)
            return null;
        var copy = new ShadowCopy(shadow.Graph, lowered.Model.Graph, Isolated, fed, lowered.Emulated.Activations);
        copy.Write();
        if (twin is not null)
            new ShadowCopy(shadow.Graph, twin.Graph, WeightsOnly, fed, []).Write();
        // Sessions tap the layers; as outputs they only keep what is needed from being pruned.
        ImmutableArray<string> needed = [.. layers.SelectMany(l => new[] { copy.Carrier(l.Target), l.WeightsOnly }).OfType<string>().Distinct(StringComparer.Ordinal).Where(o => !shadow.Graph.IsOutput(o))];
        foreach (string tensor in needed)
            shadow.Graph.AddOutput(tensor);
        shadow.Graph.Prune();
        foreach (string tensor in needed)
            shadow.Graph.RemoveOutput(tensor);
        return new ShadowModel(shadow, layers.ToImmutable());
    }
}
