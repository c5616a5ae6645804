using Parity.Core;
using Parity.Onnx;

namespace Parity.Cli.Tests;

/// <summary>
/// A detector of red and blue squares of about one cell, 16 pixels, made by hand with a little seeded noise: three convolutions on [1,3,64,64],
/// out [1,16,7] as YOLOX gives it with stride 16 and two classes.
/// </summary>
public static class SquareDetector
{
    public const int Side = 64;
    public const int Cell = 16;

    /// <param name="poison">Put in place of one weight of the head, such as NaN.</param>
    public static OnnxModel Build(int side = Side, int channels = 3, float? poison = null)
    {
        var random = new Random(5);
        OnnxModel model = OnnxModel.Create(17, "squares");
        Graph graph = model.Graph;
        graph.AddInput("images", TensorType.Float32, 1, channels, side, side);

        // Means over 4 x 4 pixels of each channel; the last is noise.
        Convolution(graph, "stem", "images", "stem_out", 4, 4, channels, 4, (o, i) => o == i ? 1f / 16 : 0, _ => 0, random, 0.002f);
        graph.Add(new Node("Relu", ["stem_out"], ["stem_relu"], "stem/relu"));
        // How much redder than blue a cell is, and the reverse.
        float[,] mix = { { 1, 0, -1, 0 }, { -1, 0, 1, 0 }, { 0, 1, 0, 0 }, { 0.3f, 0.3f, 0.3f, 0 } };
        Convolution(graph, "body", "stem_relu", "body_out", 4, 4, 4, 4, (o, i) => mix[o, i] / 16, _ => 0, random, 0.002f);
        graph.Add(new Node("Relu", ["body_out"], ["body_relu"], "body/relu"));
        // x, y, w, h, objectness, red, blue
        float[,] head = { { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, { 14, 14, 0, 0 }, { 14, 0, 0, 0 }, { 0, 14, 0, 0 } };
        float[] bias = [0.5f, 0.5f, 0, 0, -4, -4, -4];
        Convolution(graph, "head", "body_relu", "head_out", 7, 1, 4, 1, (o, i) => poison is { } p && (o, i) == (4, 0) ? p : head[o, i], o => bias[o], random, 0.2f);

        int cells = side / Cell * (side / Cell);
        graph.SetInitializer("parts", Tensor.Create(new long[] { 4, 3 }, 2));
        graph.SetInitializer("rows", Tensor.Create(new long[] { 1, 7, cells }, 3));
        graph.Add(new Node("Split", ["head_out", "parts"], ["box", "logits"], "head/split").Set("axis", 1));
        graph.Add(new Node("Sigmoid", ["logits"], ["scores"], "head/sigmoid"));
        graph.Add(new Node("Concat", ["box", "scores"], ["joined"], "head/concat").Set("axis", 1));
        graph.Add(new Node("Reshape", ["joined", "rows"], ["flat"], "head/reshape"));
        graph.Add(new Node("Transpose", ["flat"], ["output"], "head/transpose").Set("perm", [0, 2, 1]));
        graph.AddOutput("output", TensorType.Float32, [1, cells, 7]);
        return model;
    }

    private static void Convolution(
        Graph graph, string name, string from, string to, int outputs, int kernel, int inputs, int stride,
        Func<int, int, float> weight, Func<int, float> bias, Random random, float noise)
    {
        var weights = new float[outputs * inputs * kernel * kernel];
        for (int o = 0; o < outputs; o++)
            for (int i = 0; i < inputs; i++)
                for (int k = 0; k < kernel * kernel; k++)
                    weights[(((o * inputs) + i) * kernel * kernel) + k] = weight(o, i) + ((random.NextSingle() - 0.5f) * noise);
        graph.SetInitializer($"{name}.weight", Tensor.Create(weights, outputs, inputs, kernel, kernel));
        graph.SetInitializer($"{name}.bias", Tensor.Create([.. Enumerable.Range(0, outputs).Select(bias)], outputs));
        graph.Add(new Node("Conv", [from, $"{name}.weight", $"{name}.bias"], [to], $"{name}/conv")
            .Set("kernel_shape", [kernel, kernel]).Set("strides", [stride, stride]).Set("dilations", [1, 1]).Set("pads", [0, 0, 0, 0]).Set("group", 1));
    }
}
