using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>Layers that the engine computes in other numbers than the model's Q/DQ say.</summary>
internal sealed class EffectivePrecision : IRule
{
    public string Id => "effective-precision";

    public string Title => "Effective precision unlike what Q/DQ says";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        if (target.Target.EngineLayers is not { IsEmpty: false } layers)
            yield break;
        var byNode = layers.SelectMany(l => l.Nodes.Select(n => (Node: n, Layer: l))).ToLookup(l => l.Node, l => l.Layer, StringComparer.Ordinal);
        foreach (var node in target.Model.Graph.Nodes.Where(n => n.OpType is "Conv" or "ConvTranspose" or "Gemm" or "MatMul"))
        {
            bool quantized = Enumerable.Range(0, 2).All(i => target.Model.Graph.ProducerOf(node.Input(i)) is { } p && Onnx.QdqView.IsDequantize(p));
            if (byNode[node.Name].FirstOrDefault() is not { } layer || quantized == (layer.Precision is "int8" or "uint8"))
                continue;
            yield return target.Find(this, Certainty.Likely, node, node.Outputs[0], $"Q/DQ ask for {(quantized ? "int8" : "float")}, the engine's layer '{layer.Name}' computes in {layer.Precision}", [],
                quantized ? "Look for an unsupported shape or a missing pair at one input, or accept the float layer and say so with keep-float." : "Forbid int8 for this layer when building, or quantize it in the model too.", 0.5);
        }
    }
}
