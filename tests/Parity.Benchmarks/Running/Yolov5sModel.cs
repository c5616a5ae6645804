using System.Collections.Immutable;
using Parity.Cli;
using Parity.Core;
using Parity.Engine.Suites;
using Parity.Onnx;

namespace Parity.Benchmarks.Running;

/// <summary>
/// A model of YOLOv5s' shape at 640 x 640 (16.4 GFLOP) with random weights. Its three heads are scaled on some real pictures so that their logits are spread as a trained
/// detector's: a percent of the 25,200 rows pass an objectness of .01.
/// </summary>
internal static class Yolov5sModel
{
    private const int Pictures = 8, Size = 640, Classes = 80, Columns = 5 + Classes;
    private static readonly int[] Channels = [128, 256, 512];
    private static readonly int[] Strides = [8, 16, 32];
    private static readonly float[][] Anchors = [[10, 13, 16, 30, 33, 23], [30, 61, 62, 45, 59, 119], [116, 90, 156, 198, 373, 326]];

    public static void Write(string path)
    {
        var (model, heads) = Build();
        model.Save(path);
        Suite suite = SharedSuite.Yolov5s(path, Pictures, "tensorrt");
        var logits = heads.ToDictionary(h => h, _ => new List<Tensor>());
        using (ISession session = Composition.Backends[0].Open(new SessionRequest(path, suite.Preprocessor.Contract, heads)))
        {
            foreach (Sample sample in suite.Dataset.Samples)
            {
                var tensors = session.Run(suite.Preprocessor.Prepare(suite.Dataset.Read(sample), session.Input).Tensor);
                foreach (string head in heads)
                    logits[head].Add(tensors[head]);
            }
        }
        foreach (string head in heads)
            Spread(model.Graph, model.Graph.ProducerOf(head)!, logits[head]);
        model.Save(path);
    }

    private static (OnnxModel Model, ImmutableArray<string> Heads) Build()
    {
        OnnxModel model = OnnxModel.Create(17, "yolov5s-shaped");
        model.Graph.AddInput("images", TensorType.Float32, [1, 3, Size, Size]);
        var net = new Yolov5sGraph(model.Graph, new Random(5));
        string x = net.Block("images", 3, 32, 6, 2, 2);
        x = net.C3(net.Block(x, 32, 64, 3, 2), 64, 64, 1);
        string p3 = x = net.C3(net.Block(x, 64, 128, 3, 2), 128, 128, 2);
        string p4 = x = net.C3(net.Block(x, 128, 256, 3, 2), 256, 256, 3);
        x = net.Sppf(net.C3(net.Block(x, 256, 512, 3, 2), 512, 512, 1), 512);
        string top = x = net.Block(x, 512, 256, 1);
        x = net.C3(net.Concat(1, net.Upsample(x), p4), 512, 256, 1, shortcut: false);
        string middle = x = net.Block(x, 256, 128, 1);
        string small = x = net.C3(net.Concat(1, net.Upsample(x), p3), 256, 128, 1, shortcut: false);
        string medium = x = net.C3(net.Concat(1, net.Block(x, 128, 128, 3, 2), middle), 256, 256, 1, shortcut: false);
        string large = net.C3(net.Concat(1, net.Block(x, 256, 256, 3, 2), top), 512, 512, 1, shortcut: false);

        string[] features = [small, medium, large];
        ImmutableArray<string> heads = [.. features.Select((f, i) => net.Conv(f, Channels[i], 3 * Columns, 1))];
        string rows = net.Concat(1, [.. heads.Select((h, i) => Detect(net, h, i))]);
        model.Graph.Add(new Node("Identity", [rows], ["output"], "/output"));
        model.Graph.AddOutput("output", TensorType.Float32, [1, 25200, Columns]);
        return (model, heads);
    }

    /// <summary>Rows [x, y, w, h, objectness, classes] of one head: xy = (2 s - .5 + cell) stride, wh = (2 s)^2 anchor.</summary>
    private static string Detect(Yolov5sGraph net, string head, int level)
    {
        int stride = Strides[level], cells = Size / stride;
        string split = net.Node("Reshape", [head, net.Constant(1, 3, Columns, cells, cells)]);
        string s = net.Node("Sigmoid", [net.Node("Transpose", [split], n => n.Set("perm", [0L, 1, 3, 4, 2]))]);
        var grid = new float[3 * cells * cells * 2];
        var anchors = new float[grid.Length];
        for (int i = 0; i < grid.Length / 2; i++)
        {
            int cell = i % (cells * cells), anchor = i / (cells * cells);
            (grid[2 * i], grid[(2 * i) + 1]) = ((cell % cells) - 0.5f, (cell / cells) - 0.5f);
            (anchors[2 * i], anchors[(2 * i) + 1]) = (Anchors[level][2 * anchor], Anchors[level][(2 * anchor) + 1]);
        }
        string two = net.Constant([2], 1);
        string xy = net.Node("Mul", [net.Node("Add", [net.Node("Mul", [Slice(0, 2), two]), net.Constant(grid, 1, 3, cells, cells, 2)]), net.Constant([stride], 1)]);
        string wh = net.Node("Mul", [net.Node("Pow", [net.Node("Mul", [Slice(2, 4), two]), two]), net.Constant(anchors, 1, 3, cells, cells, 2)]);
        return net.Node("Reshape", [net.Concat(4, xy, wh, Slice(4, Columns)), net.Constant(1, 3 * cells * cells, Columns)]);

        string Slice(long from, long to) => net.Node("Slice", [s, net.Constant(from), net.Constant(to), net.Constant(4)]);
    }

    /// <summary>Scales each channel of a head to a wanted deviation of its logits, and shifts it so that one row in a hundred is above a wanted value.</summary>
    private static void Spread(Graph graph, Node head, List<Tensor> logits)
    {
        float[] weights = graph.Initializer(head.Input(1))!.Span<float>().ToArray();
        var bias = new float[3 * Columns];
        int cells = logits[0].Count / bias.Length, from = weights.Length / bias.Length;
        for (int c = 0; c < bias.Length; c++)
        {
            float[] values = [.. logits.SelectMany(l => l.Span<float>().Slice(c * cells, cells).ToArray()).Order()];
            double mean = values.Average(), deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
            (double top, double wanted) = (c % Columns) switch { < 4 => (2.3, 1.0), 4 => (-4.6, 1.0), _ => (-2.0, 1.5) };
            double scale = wanted / Math.Max(deviation, 1e-6);
            for (int i = 0; i < from; i++)
                weights[(c * from) + i] *= (float)scale;
            bias[c] = (float)(top - (values[(int)(values.Length * 0.99)] * scale));
        }
        graph.SetInitializer(head.Input(1), Tensor.Create(weights, bias.Length, from, 1, 1));
        graph.SetInitializer(head.Input(2), Tensor.Create(bias, bias.Length));
    }
}
