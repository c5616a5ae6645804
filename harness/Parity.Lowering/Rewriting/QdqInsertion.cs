using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Writes Q/DQ pairs into a graph. Names follow the float tensor t: t/scale, t/zero_point, t/q, t/dq; constants t/codes.</summary>
internal sealed class QdqInsertion(Graph graph, QuantizationRules rules)
{
    private const float SmallestNormal = 1.17549435e-38f;

    private readonly Dictionary<string, (string Scale, string ZeroPoint)> _parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Tensor, int Axis), string> _constants = [];

    /// <summary>Biases with a code that did not fit int32.</summary>
    public List<string> SaturatedBiases { get; } = [];

    /// <summary>Names of the float constants that became codes, by their dequantized tensor.</summary>
    public Dictionary<string, string> Constants { get; } = new(StringComparer.Ordinal);

    /// <summary>Outputs of the model by the tensor in front of their Q, which had the output's name.</summary>
    public Dictionary<string, string> Outputs { get; } = new(StringComparer.Ordinal);

    public void Activation(ActivationPair pair, QuantizationParameters parameters)
    {
        string tensor = pair.Tensor;
        var (scale, zeroPoint) = Parameters(pair.Root, parameters);
        if (pair.Readers is not null)
        {
            string dequantized = AddPair(tensor, tensor, graph.UniqueName($"{tensor}/dq"), scale, zeroPoint);
            foreach (var reader in pair.Readers)
                graph.SetInput(graph.NodeNamed(reader.Node)!, reader.Index, dequantized);
        }
        else if (graph.IsOutput(tensor) && graph.ProducerOf(tensor) is { } producer)
        {
            // The output is what the pair makes, so the operator's own result takes another name.
            string inner = graph.UniqueName($"{tensor}/float");
            Outputs[inner] = tensor;
            graph.Remove(producer);
            graph.Add(producer.CopyWith(producer.Inputs, producer.Outputs.Select(o => o == tensor ? inner : o), producer.Name));
            AddPair(tensor, inner, tensor, scale, zeroPoint);
        }
        else
        {
            var consumers = graph.ConsumersOf(tensor);
            string dequantized = AddPair(tensor, tensor, graph.UniqueName($"{tensor}/dq"), scale, zeroPoint);
            foreach (var consumer in consumers)
                graph.ReplaceInput(consumer, tensor, dequantized);
        }
    }

    /// <summary>Stores a constant operand as codes of the activations' format, by its own range.</summary>
    public void Operand(Node node, int input)
    {
        string tensor = node.Input(input);
        if (!_constants.TryGetValue((tensor, -1), out string? dequantized))
            _constants[(tensor, -1)] = dequantized = Constant(tensor, graph.Constant(tensor)!, rules.Activations, null);
        graph.SetInput(node, input, dequantized);
    }

    /// <summary>Stores weights as codes, and the bias where the profile says so.</summary>
    /// <param name="inputScale">Of the operator's data input.</param>
    public void Weights(Node node, float inputScale)
    {
        var channels = OutputChannels.Of(graph, node)!;
        string weights = node.Input(1);
        bool perChannel = rules.Weights.Granularity == Granularity.PerChannel;
        var values = graph.Constant(weights)!;
        int axis = perChannel ? channels.Axis : -1;
        if (!_constants.TryGetValue((weights, axis), out string? dequantized))
            _constants[(weights, axis)] = dequantized = Constant(weights, values, rules.Weights, perChannel ? axis : null);
        graph.SetInput(node, 1, dequantized);
        if (rules.Bias == BiasRule.Int32AtProduct && node.HasInput(2) && graph.Constant(node.Input(2)) is { Type: ElementType.Float32, Shape.Length: 1 } bias)
        {
            var scales = graph.Initializer(graph.ProducerOf(dequantized)!.Input(1))!.Span<float>();
            if (scales.Length == 1 || scales.Length == bias.Count)
                graph.SetInput(node, 2, Bias(node.Input(2), bias, scales, inputScale));
        }
    }

    private string Bias(string tensor, Tensor bias, ReadOnlySpan<float> weightScales, float inputScale)
    {
        var products = new float[weightScales.Length];
        for (int i = 0; i < products.Length; i++)
            products[i] = Math.Max(weightScales[i] * inputScale, SmallestNormal);
        var values = bias.Span<float>();
        var codes = new int[values.Length];
        for (int i = 0; i < codes.Length; i++)
        {
            double code = Math.Round(values[i] / (double)products[products.Length == 1 ? 0 : i], MidpointRounding.ToEven);
            codes[i] = (int)Math.Clamp(code, int.MinValue, int.MaxValue);
            if (codes[i] != code && !SaturatedBiases.Contains(tensor))
                SaturatedBiases.Add(tensor);
        }
        return AddConstant(tensor, Tensor.Create(codes, bias.Shape.AsSpan()), products, null, products.Length == 1 ? null : 0);
    }

    private string Constant(string tensor, Tensor constant, NumberFormat format, int? axis)
    {
        var values = constant.Span<float>();
        int extent = axis is { } a ? constant.Shape[a] : 1;
        int inner = 1;
        for (int i = (axis ?? constant.Shape.Length) + 1; i < constant.Shape.Length; i++)
            inner *= constant.Shape[i];
        var ranges = new ValueRange[extent];
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw new FaultException($"element {i} is {values[i]}", $"constant {tensor}", "Repair the model: weights must be finite.");
            ref var range = ref ranges[axis is null ? 0 : i / inner % extent];
            range = range.Union(new ValueRange(values[i], values[i]));
        }
        var parameters = Array.ConvertAll(ranges, r => QuantizationParameters.For(r, format));
        var codes = new int[values.Length];
        for (int i = 0; i < codes.Length; i++)
            codes[i] = parameters[axis is null ? 0 : i / inner % extent].Quantize(values[i], format);
        return AddConstant(tensor, Codes.Pack(format.Type, codes, constant.Shape.AsSpan()), Array.ConvertAll(parameters, p => p.Scale),
            Codes.Pack(format.Type, Array.ConvertAll(parameters, p => p.ZeroPoint), axis is null ? [] : [extent]), axis);
    }

    /// <param name="zeroPoints">Null: left out, which is 0.</param>
    private string AddConstant(string tensor, Tensor codes, float[] scales, Tensor? zeroPoints, int? axis)
    {
        string stored = Store($"{tensor}/codes", codes);
        List<string> inputs = [stored, Store($"{tensor}/scale", Tensor.Create(scales, axis is null ? [] : [scales.Length]))];
        if (zeroPoints is not null)
            inputs.Add(Store($"{tensor}/zero_point", zeroPoints));
        string dequantized = graph.UniqueName($"{tensor}/dq");
        var node = new Node("DequantizeLinear", inputs, [dequantized], graph.UniqueName($"{tensor}/DequantizeLinear"));
        if (axis is { } a)
            node.Set("axis", (long)a);
        graph.Add(node);
        Constants[dequantized] = tensor;
        return dequantized;
    }

    private string AddPair(string stem, string source, string dequantized, string scale, string zeroPoint)
    {
        string codes = graph.UniqueName($"{stem}/q");
        graph.Add(new Node("QuantizeLinear", [source, scale, zeroPoint], [codes], graph.UniqueName($"{stem}/QuantizeLinear")));
        graph.Add(new Node("DequantizeLinear", [codes, scale, zeroPoint], [dequantized], graph.UniqueName($"{stem}/DequantizeLinear")));
        return dequantized;
    }

    private (string Scale, string ZeroPoint) Parameters(string root, QuantizationParameters parameters)
    {
        if (!_parameters.TryGetValue(root, out var names))
            _parameters[root] = names = (Store($"{root}/scale", Tensor.Create(new[] { parameters.Scale })),
                Store($"{root}/zero_point", Codes.Pack(rules.Activations.Type, [parameters.ZeroPoint])));
        return names;
    }

    private string Store(string stem, Tensor value)
    {
        string name = graph.UniqueName(stem);
        graph.SetInitializer(name, value);
        return name;
    }
}
