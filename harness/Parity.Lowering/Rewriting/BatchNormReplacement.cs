using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Writes batch norms that no convolution could take as Mul and Add, or as a depthwise convolution of 1 x 1.</summary>
internal static class BatchNormReplacement
{
    public static void Apply(OnnxModel model, BatchNormForm form, TensorNames names)
    {
        if (form == BatchNormForm.Kept)
            return;
        var graph = model.Graph;
        var shapes = ShapeInference.Of(model);
        foreach (var norm in graph.Nodes.Where(n => n.Is("BatchNormalization")))
        {
            string input = norm.Input(0), output = norm.Outputs[0], name = norm.Name;
            if (ChannelAffine.OfBatchNorm(graph, norm) is not { } affine || shapes.ShapeOf(input) is not { Length: >= 2 } shape)
                continue;
            int channels = affine.Channels, spatial = shape.Length - 2;
            int[] ones = [.. Enumerable.Repeat(1, spatial)];
            float[] factors = Array.ConvertAll(affine.Factors, f => (float)f), shifts = Array.ConvertAll(affine.Shifts, s => (float)s);
            if (form == BatchNormForm.DepthwiseConvolution && spatial > 0)
            {
                graph.Remove(norm);
                string weights = ConstantInput.Add(graph, $"{output}/weight", Tensor.Create(factors, [channels, 1, .. ones]));
                string bias = ConstantInput.Add(graph, $"{output}/bias", Tensor.Create(shifts, channels));
                graph.Add(new Node("Conv", [input, weights, bias], [output], name).Set("group", (long)channels).Set("kernel_shape", ones.Select(o => (long)o)));
                names.Changed(output, "BN as depthwise Conv");
            }
            else
            {
                graph.Remove(norm);
                string scaled = graph.UniqueName($"{output}/scaled");
                string factor = ConstantInput.Add(graph, $"{output}/factor", Tensor.Create(factors, [channels, .. ones]));
                string shift = ConstantInput.Add(graph, $"{output}/shift", Tensor.Create(shifts, [channels, .. ones]));
                graph.Add(new Node("Mul", [input, factor], [scaled], graph.UniqueName($"{name}/Mul")));
                graph.Add(new Node("Add", [scaled, shift], [output], name));
                names.Made([scaled], output);
                names.Changed(output, "BN as Mul and Add");
            }
        }
        graph.Prune();
    }
}
