using Parity.Core;
using Parity.Onnx;

namespace Parity.Benchmarks.Running;

/// <summary>Nodes of YOLOv5 6.0 (ultralytics/yolov5, models/common.py) with batch norms folded, as its export writes them; weights normal, from a seed.</summary>
internal sealed class Yolov5sGraph(Graph graph, Random random)
{
    private int _count;

    public string Node(string op, IEnumerable<string> inputs, Action<Node>? set = null)
    {
        string output = $"{op.ToLowerInvariant()}_{_count++}";
        var node = new Node(op, inputs, [output], $"/{output}");
        set?.Invoke(node);
        graph.Add(node);
        return output;
    }

    public string Constant(float[] values, params int[] shape) => Initializer(Tensor.Create(values, shape));

    public string Constant(params long[] values) => Initializer(Tensor.Create(values, values.Length));

    public string Conv(string x, int from, int to, int kernel, int stride = 1, int? pad = null, double gain = 1.68)
    {
        int p = pad ?? kernel / 2;
        var weights = new float[to * from * kernel * kernel];
        // A SiLU keeps .355 of a unit normal's second moment, so this gain keeps the scale of activations through the network.
        double spread = gain / Math.Sqrt(from * kernel * kernel);
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (float)(Normal() * spread);
        // Filters of mean zero, as a SiLU's outputs are not: else every picture gives its own constant map.
        for (int filter = 0; filter < to; filter++)
        {
            Span<float> taps = weights.AsSpan(filter * (weights.Length / to), weights.Length / to);
            float sum = 0;
            foreach (float tap in taps)
                sum += tap;
            foreach (ref float tap in taps)
                tap -= sum / taps.Length;
        }
        return Node("Conv", [x, Constant(weights, to, from, kernel, kernel), Constant(new float[to], to)], n => n
            .Set("kernel_shape", [(long)kernel, kernel]).Set("strides", [(long)stride, stride]).Set("pads", [(long)p, p, p, p]));
    }

    /// <summary>Convolution and SiLU.</summary>
    public string Block(string x, int from, int to, int kernel, int stride = 1, int? pad = null)
    {
        string conv = Conv(x, from, to, kernel, stride, pad);
        return Node("Mul", [conv, Node("Sigmoid", [conv])]);
    }

    public string C3(string x, int from, int to, int bottlenecks, bool shortcut = true)
    {
        int inner = to / 2;
        string y = Block(x, from, inner, 1);
        for (int i = 0; i < bottlenecks; i++)
        {
            string z = Block(Block(y, inner, inner, 1), inner, inner, 3);
            y = shortcut ? Node("Add", [y, z]) : z;
        }
        return Block(Concat(1, y, Block(x, from, inner, 1)), 2 * inner, to, 1);
    }

    /// <summary>Spatial pyramid pooling, fast.</summary>
    public string Sppf(string x, int channels)
    {
        string a = Block(x, channels, channels / 2, 1), b = Pool(a), c = Pool(b);
        return Block(Concat(1, a, b, c, Pool(c)), channels * 2, channels, 1);
    }

    public string Concat(int axis, params string[] inputs) => Node("Concat", inputs, n => n.Set("axis", axis));

    public string Upsample(string x) => Node("Resize", [x, "", Constant([1, 1, 2, 2], 4)], n => n
        .Set("mode", "nearest").Set("coordinate_transformation_mode", "asymmetric").Set("nearest_mode", "floor"));

    private string Pool(string x) => Node("MaxPool", [x], n => n.Set("kernel_shape", [5L, 5]).Set("strides", [1L, 1]).Set("pads", [2L, 2, 2, 2]));

    private string Initializer(Tensor tensor)
    {
        string name = $"constant_{_count++}";
        graph.SetInitializer(name, tensor);
        return name;
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
