using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Builds the layer map: every float tensor that a node of the reference makes has a row or a reason why not.</summary>
internal static class LayerMapping
{
    /// <param name="names">What the rewriting did to the reference's tensors.</param>
    /// <param name="fused">Tensors of the lowered model that the target does not have.</param>
    /// <param name="stands">Tensors of the lowered model whose quantized values another tensor has.</param>
    /// <param name="check">Figure of a reference tensor.</param>
    /// <param name="precisions">Of the lowered model.</param>
    public static LayerMap Of(
        OnnxModel reference, OnnxModel lowered, TensorNames names, IReadOnlySet<string> fused, IReadOnlyDictionary<string, string> stands, Func<string, double?> check, OperatorPrecisions precisions)
    {
        var absorbed = FloatTensors(reference).Where(t => names.WhyRemoved(t) is not null && names.Owner(t) != t).ToLookup(names.Owner);
        var rows = ImmutableArray.CreateBuilder<LayerMapRow>();
        var unmatched = ImmutableArray.CreateBuilder<UnmatchedTensor>();
        var pairs = QdqView.Of(lowered);
        foreach (string tensor in FloatTensors(reference))
        {
            string target = names.Current(tensor), tap = stands.GetValueOrDefault(target, target);
            if (names.WhyRemoved(tensor) is { } removed)
                unmatched.Add(new UnmatchedTensor(tensor, removed));
            else if (fused.Contains(target))
                unmatched.Add(new UnmatchedTensor(tensor, "fused activation"));
            else if (!lowered.Graph.Has(target))
                unmatched.Add(new UnmatchedTensor(tensor, "not in target"));
            else
            {
                bool codes = pairs.Of(tap) is { Quantize: not null } pair && tap != pair.Quantized;
                IEnumerable<string> inner = tensor == target ? absorbed[tensor] : [], made = tensor == target ? names.MadeFor(tensor) : [];
                rows.Add(new LayerMapRow([.. inner, tensor], [.. made, tap], codes ? TensorTransform.Dequantization : TensorTransform.None,
                    names.WhyChanged(tensor) ?? "kept", check(tensor), precisions.Of(target)));
            }
        }
        return new LayerMap(rows.ToImmutable(), unmatched.ToImmutable());
    }

    /// <summary>Float32 tensors that nodes make, constants and Q/DQ excepted, in the order of the graph.</summary>
    public static ImmutableArray<string> FloatTensors(OnnxModel model)
    {
        var shapes = ShapeInference.Of(model);
        return
        [
            .. model.Graph.Nodes.Where(n => !n.Is("Constant") && !QdqView.IsQuantize(n) && !QdqView.IsDequantize(n))
                .SelectMany(n => n.Outputs).Where(o => o.Length > 0 && shapes.TypeOf(o) == TensorType.Float32),
        ];
    }
}
