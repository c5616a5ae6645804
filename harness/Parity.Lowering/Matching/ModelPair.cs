using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Two models of any tools laid side by side: which tensors of the target stand for which of the float model, by structure; and what stands alone.</summary>
/// <param name="Target">The given model, with operators on codes written as float operators between DequantizeLinear and QuantizeLinear.</param>
/// <param name="Pairs">In the order of the reference's nodes; not yet held against any image.</param>
/// <param name="Free">Float tensors of the target that no pair has.</param>
public sealed record ModelPair(OnnxModel Reference, OnnxModel Target, ImmutableArray<LayerPair> Pairs, ImmutableArray<UnmatchedTensor> Unmatched, ImmutableArray<string> Free)
{
    /// <exception cref="FaultException">Scales or zero points of the target that fit no tensor.</exception>
    public static ModelPair Of(OnnxModel reference, OnnxModel target)
    {
        OnnxModel qdq = QdqForm.Of(target);
        NameInputs(reference.Graph, qdq.Graph);
        OnnxModel twin = FloatTwin.Of(qdq);
        DynamicForm.Apply(twin);
        CanonicalForm from = CanonicalForm.Of(reference), to = CanonicalForm.Of(twin);
        QdqView view = QdqView.Of(qdq);
        var left = new MatchGraph(from.Model);
        GraphMatching matching = GraphMatching.Of(left, new MatchGraph(to.Model), t => view.Of(t) is { Quantize: not null, Kind: QdqKind.Activation } pair ? pair.RealRange() : null);

        var pairs = ImmutableArray.CreateBuilder<LayerPair>();
        var unmatched = ImmutableArray.CreateBuilder<UnmatchedTensor>();
        foreach (string tensor in LayerMapping.FloatTensors(reference))
        {
            string current = from.Names.Current(tensor);
            if (from.Names.WhyRemoved(tensor) is { } removed)
                unmatched.Add(new UnmatchedTensor(tensor, removed));
            else if (matching.IsFused(current))
                unmatched.Add(new UnmatchedTensor(tensor, "fused activation"));
            else if (!matching.Tensors.TryGetValue(current, out string? partner))
                unmatched.Add(new UnmatchedTensor(tensor, left.ProducerOf(current) is null ? "does not depend on the image alone, or is constant" : matching.WhyAlone(current)));
            else if (!qdq.Graph.Has(partner))
                unmatched.Add(new UnmatchedTensor(tensor, "inside a fused operator of the target"));
            else
            {
                string evidence = matching.EvidenceOf(current) ?? "input";
                pairs.Add(new LayerPair(tensor, partner, from.Names.WhyChanged(tensor) is { } why ? $"{why}; {evidence}" : evidence, !matching.IsWeak(current), Operands(reference, tensor)));
            }
        }
        var used = pairs.Select(p => p.Target).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<string> free = [.. LayerMapping.FloatTensors(qdq).Where(t => !used.Contains(t))];
        return new ModelPair(reference, qdq, pairs.ToImmutable(), unmatched.ToImmutable(), free);
    }

    /// <summary>The pairs as every probe reads them: the layer map with its quantizers.</summary>
    public LoweringResult ToLowering(ImmutableArray<string> notes)
    {
        QdqView view = QdqView.Of(Target);
        var precisions = OperatorPrecisions.OfReady(Target);
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (TensorInfo input in Target.Graph.Inputs)
            if (Reference.Graph.IsInput(input.Name))
                sources[input.Name] = input.Name;
        foreach (LayerPair pair in Pairs)
            sources.TryAdd(pair.Target, pair.Reference);
        ImmutableArray<LayerMapRow> rows =
        [
            .. Pairs.Select(p => new LayerMapRow([p.Reference], [p.Target],
                view.Of(p.Target) is { Quantize: not null } pair && p.Target != pair.Quantized ? TensorTransform.Dequantization : TensorTransform.None, p.Evidence, null, precisions.Of(p.Target))),
        ];
        var records = QdqRecords.Of(Target, t => sources.GetValueOrDefault(t), ImmutableDictionary<string, string>.Empty);
        bool dynamic = Target.Graph.Nodes.Any(n => n.OpType is "DynamicQuantizeLinear" or "DynamicQuantizeMatMul" or "MatMulIntegerToFloat");
        // No chip's profile says what its layers cost; only the share of codes can be told.
        CostRecord cost = LayerCosts.Of(Target, TargetProfiles.All[0], null, ImmutableDictionary<string, ElementType>.Empty, precisions, ImmutableHashSet<string>.Empty, ImmutableDictionary<string, double>.Empty);
        return new LoweringResult(Target, new LayerMap(rows, Unmatched), records, new CostRecord(dynamic ? null : cost.QuantizedMacShare, null, cost.FloatLayers), [], notes);
    }

    /// <summary>The harness feeds both models one picture; their inputs then have one name too, as in every lowered model.</summary>
    private static void NameInputs(Graph reference, Graph target)
    {
        if (reference.Inputs is not [var from] || target.Inputs is not [var to] || from.Name == to.Name)
            return;
        if (target.Has(from.Name))
            target.RenameTensor(from.Name, target.UniqueName($"{from.Name}/target"));
        target.RenameTensor(to.Name, from.Name);
    }

    private static ImmutableArray<string> Operands(OnnxModel model, string tensor) =>
        [.. model.Graph.ProducerOf(tensor)!.Inputs.Where(i => i.Length > 0 && model.Graph.Constant(i) is null)];
}

/// <param name="Evidence">What speaks for the pair: "weights alike (0.999)", "operands", "readers", "neighbours", "kind and place"; before it what was rewritten.</param>
/// <param name="IsCertain">False where nothing but kind and place speaks for it.</param>
/// <param name="Operands">Tensors of the reference that its operator reads.</param>
public sealed record LayerPair(string Reference, string Target, string Evidence, bool IsCertain, ImmutableArray<string> Operands);
