using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Takes factors and offsets between an input and the convolutions that read it ((x - mean) / std, 1/255, a batch norm) into their weights and biases, so that the
/// convolution reads pixel values. Padding is zero behind the offset and would be another value in front of it: a convolution that pads is only folded
/// when that value is one for all channels, and a Pad with it is put in front.
/// </summary>
internal static class InputNormalization
{
    /// <returns>Why inputs that are normalised were left alone.</returns>
    public static ImmutableArray<string> Apply(OnnxModel model, TensorNames names)
    {
        var graph = model.Graph;
        var shapes = ShapeInference.Of(model);
        var refused = ImmutableArray.CreateBuilder<string>();
        foreach (var input in graph.Inputs)
        {
            if (input.Type != TensorType.Float32 || shapes.ShapeOf(input.Name) is not [_, > 0 and var channels, _, _])
                continue;
            string tensor = input.Name;
            ChannelAffine? affine = null;
            while (graph.ConsumersOf(tensor) is [var node] && !graph.IsOutput(node.Outputs[0]) && Of(graph, node, tensor, channels) is { } next)
            {
                affine = affine?.Then(next) ?? next;
                tensor = node.Outputs[0];
            }
            if (affine is null)
                continue;
            var readers = graph.ConsumersOf(tensor);
            if (Obstacle(graph, readers, tensor, channels, affine) is { } obstacle)
            {
                refused.Add($"the normalisation of input {input.Name} stays in front of the first convolution: {obstacle}");
                continue;
            }
            var before = graph.Nodes.SelectMany(n => n.Outputs).ToList();
            foreach (var conv in readers)
                Fold(graph, conv, input.Name, channels, affine, names);
            graph.Prune();
            foreach (string gone in before.Where(t => graph.ProducerOf(t) is null))
                names.Absorbed(gone, readers[0].Outputs[0], "input normalisation folded");
        }
        return refused.ToImmutable();
    }

    private static ChannelAffine? Of(Graph graph, Node node, string tensor, int channels)
    {
        if (node.Is("BatchNormalization"))
            return node.Input(0) == tensor && ChannelAffine.OfBatchNorm(graph, node) is { } norm && norm.Channels == channels ? norm : null;
        if (!node.Is("Add") && !node.Is("Sub") && !node.Is("Mul") && !node.Is("Div"))
            return null;
        bool first = node.Input(0) == tensor;
        if (PerChannel(graph, node.Input(first ? 1 : 0), channels) is not { } values || (node.Is("Div") && !first))
            return null;
        double[] ones = [.. values.Select(_ => 1.0)], zeros = [.. values.Select(_ => 0.0)], constants = [.. values.Select(v => (double)v)];
        return node.OpType switch
        {
            "Add" => new ChannelAffine(ones, constants),
            "Sub" => first ? new ChannelAffine(ones, Array.ConvertAll(constants, v => -v)) : new ChannelAffine(Array.ConvertAll(ones, v => -v), constants),
            "Mul" => new ChannelAffine(constants, zeros),
            _ => new ChannelAffine(Array.ConvertAll(constants, v => 1 / v), zeros),
        };
    }

    /// <summary>One value a channel of a constant that broadcasts over [N, channels, H, W] by channel or as a whole.</summary>
    private static float[]? PerChannel(Graph graph, string tensor, int channels)
    {
        if (graph.Constant(tensor) is not { Type: ElementType.Float32 } constant || constant.Shape.Length > 4)
            return null;
        var values = constant.Span<float>().ToArray();
        int[] shape = [.. Enumerable.Repeat(1, 4 - constant.Shape.Length), .. constant.Shape];
        return values.Length == 1 ? [.. Enumerable.Repeat(values[0], channels)] : shape.SequenceEqual([1, channels, 1, 1]) ? values : null;
    }

    private static string? Obstacle(Graph graph, ImmutableArray<Node> readers, string tensor, int channels, ChannelAffine affine)
    {
        if (affine.Factors.Any(f => f == 0 || !double.IsFinite(f)) || affine.Shifts.Any(s => !double.IsFinite(s)))
            return "a factor is zero or not finite";
        if (graph.IsOutput(tensor) || readers.IsEmpty || readers.Any(r => !r.Is("Conv")))
            return "an operator other than Conv reads it";
        foreach (var conv in readers)
        {
            if (graph.Constant(conv.Input(1)) is not { Type: ElementType.Float32, Shape.Length: 4 } weights || channels % weights.Shape[1] != 0
                || (conv.HasInput(2) && graph.Constant(conv.Input(2)) is null))
                return $"{conv.Name} has computed weights";
            bool pads = conv.Text("auto_pad", "NOTSET") is "SAME_UPPER" or "SAME_LOWER" || conv.Ints("pads").Any(p => p != 0);
            if (pads && affine.Shifts.Any(s => s != 0) && (conv.HasAttribute("auto_pad") && conv.Text("auto_pad", "NOTSET") != "NOTSET" || PadValue(affine) is null))
                return $"{conv.Name} pads, and no one value of the input is zero behind the normalisation in all channels";
        }
        return null;
    }

    /// <summary>The input that the normalisation makes zero; null when it differs by channel.</summary>
    private static float? PadValue(ChannelAffine affine)
    {
        float[] values = [.. affine.Factors.Select((f, c) => (float)(-affine.Shifts[c] / f))];
        return values.All(v => v == values[0]) ? values[0] : null;
    }

    private static void Fold(Graph graph, Node conv, string input, int channels, ChannelAffine affine, TensorNames names)
    {
        string output = conv.Outputs[0];
        var weights = graph.Constant(conv.Input(1))!;
        int filters = weights.Shape[0], own = weights.Shape[1], area = weights.Shape[2] * weights.Shape[3];
        int filtersOfGroup = filters / (channels / own);
        var values = weights.Span<float>();
        var folded = new float[values.Length];
        double[] sums = conv.HasInput(2) ? [.. ConstantInput.Floats(graph, conv.Input(2))!.Select(b => (double)b)] : new double[filters];
        for (int i = 0; i < values.Length; i++)
        {
            int filter = i / (own * area), channel = filter / filtersOfGroup * own + i / area % own;
            folded[i] = (float)(values[i] * affine.Factors[channel]);
            sums[filter] += values[i] * affine.Shifts[channel];
        }
        ConstantInput.Replace(graph, conv, 1, Tensor.Create(folded, weights.Shape.AsSpan()), $"{output}/weight");
        ConstantInput.Replace(graph, conv, 2, Tensor.Create(Array.ConvertAll(sums, s => (float)s), filters), $"{output}/bias");
        var pads = conv.Ints("pads");
        string reason = "input normalisation folded";
        if (pads.Any(p => p != 0) && affine.Shifts.Any(s => s != 0))
        {
            string padded = graph.UniqueName($"{output}/padded");
            string extents = ConstantInput.Add(graph, $"{output}/pads", Tensor.Create(new[] { 0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3] }, 8));
            string value = ConstantInput.Add(graph, $"{output}/pad_value", Tensor.Create(new[] { PadValue(affine)!.Value }));
            graph.Add(new Node("Pad", [input, extents, value], [padded], graph.UniqueName($"{conv.Name}/Pad")));
            graph.SetInput(conv, 0, padded);
            conv.RemoveAttribute("pads");
            names.Made([padded], output);
            reason += ", padded by the value that it makes zero";
        }
        else
        {
            graph.SetInput(conv, 0, input);
        }
        names.Changed(output, reason);
    }
}
