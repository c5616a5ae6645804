using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Writes Q/DQ pairs into a graph, and where a pair cannot say it, operators that do the same. Names follow the float tensor t: t/scale, t/zero_point, t/q, t/dq; constants
/// t/codes.
/// </summary>
/// <param name="inserted">Told what is written; several writers may share it.</param>
internal sealed class QdqInsertion(OnnxModel model, QuantizationRules rules, InferredShapes shapes, InsertedQuantizers inserted)
{
    /// <summary>In place of an axis: weights rounded to half.</summary>
    private const int HalfWeights = -2;

    private readonly Graph _graph = model.Graph;
    private readonly Dictionary<string, (string Scale, string ZeroPoint)> _parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Tensor, int Axis), string> _constants = [];
    private readonly Dictionary<string, string> _floatWeights = new(StringComparer.Ordinal);

    public void Activation(ActivationPair pair, ActivationCodes codes)
    {
        string tensor = pair.Tensor;
        if (codes.Format.Time == ScaleTime.Dynamic)
        {
            Dynamic(tensor, pair.Readers!.Value, codes.Format);
        }
        else if (pair.Readers is not null)
        {
            string dequantized = AddQuantizer(tensor, tensor, _graph.UniqueName($"{tensor}/dq"), pair.Root, codes);
            foreach (var reader in pair.Readers)
                _graph.SetInput(_graph.NodeNamed(reader.Node)!, reader.Index, dequantized);
        }
        else if (_graph.IsOutput(tensor) && _graph.ProducerOf(tensor) is { } producer)
        {
            // The output is what the pair makes, so the operator's own result takes another name.
            string inner = _graph.UniqueName($"{tensor}/float");
            inserted.Sources[inner] = tensor;
            _graph.Remove(producer);
            _graph.Add(producer.CopyWith(producer.Inputs, producer.Outputs.Select(o => o == tensor ? inner : o), producer.Name));
            AddQuantizer(tensor, inner, tensor, pair.Root, codes);
        }
        else
        {
            var consumers = _graph.ConsumersOf(tensor);
            string dequantized = AddQuantizer(tensor, tensor, _graph.UniqueName($"{tensor}/dq"), pair.Root, codes);
            foreach (var consumer in consumers)
                _graph.ReplaceInput(consumer, tensor, dequantized);
        }
    }

    /// <summary>Stores a constant operand as codes of the activations' format, by its own range.</summary>
    public void Operand(Node node, int input)
    {
        string tensor = node.Input(input);
        if (!_constants.TryGetValue((tensor, -1), out string? dequantized))
            _constants[(tensor, -1)] = dequantized = Constant(tensor, _graph.Constant(tensor)!, rules.Activations, null);
        _graph.SetInput(node, input, dequantized);
    }

    /// <summary>Stores weights as codes, and the bias where the profile says so.</summary>
    /// <param name="inputScale">Of the operator's data input; null where it has none.</param>
    public void Weights(Node node, float? inputScale)
    {
        var channels = OutputChannels.Of(_graph, node)!;
        string weights = node.Input(1);
        bool perChannel = rules.Weights.Granularity == Granularity.PerChannel;
        var values = _graph.Constant(weights)!;
        int axis = perChannel ? channels.Axis : -1;
        if (!_constants.TryGetValue((weights, axis), out string? dequantized))
            _constants[(weights, axis)] = dequantized = rules.Weights.Granularity == Granularity.PerGroup ? Grouped(weights, values, channels) : Constant(weights, values, rules.Weights, perChannel ? axis : null);
        _floatWeights[node.Name] = weights;
        _graph.SetInput(node, 1, dequantized);
        // Sums of several weight scales have none of their own at which a bias could have codes.
        if (rules.Bias != BiasRule.Float && _graph.ProducerOf(dequantized) is { } dequantize && inputScale is { } scale && node.HasInput(2) && _graph.Constant(node.Input(2)) is { Type: ElementType.Float32, Shape.Length: 1 } bias)
        {
            var scales = _graph.Initializer(dequantize.Input(1))!.Span<float>();
            if (scales.Length == 1 || scales.Length == bias.Count)
                _graph.SetInput(node, 2, Bias(node.Input(2), bias, scales, scale));
        }
    }

    /// <summary>Values of the codes of weights whose scales change along the input channels, which a DequantizeLinear with one axis cannot say.</summary>
    private string Grouped(string tensor, Tensor constant, OutputChannels channels)
    {
        var values = constant.Span<float>().ToArray();
        if (Array.FindIndex(values, v => !float.IsFinite(v)) is >= 0 and var at)
            throw new FaultException($"element {at} is {values[at]}", $"constant {tensor}", "Repair the model: weights must be finite.");
        var slice = WeightCalibration.Slices(channels, rules.Weights);
        var parameters = Array.ConvertAll(WeightCalibration.Ranges(values, channels, rules.Weights), r => QuantizationParameters.For(r, rules.Weights));
        string stored = Store($"{tensor}/dq", Tensor.Create([.. values.Select((v, i) => parameters[slice(i)] is var p ? p.Dequantize(p.Quantize(v, rules.Weights)) : 0)], constant.Shape.AsSpan()));
        inserted.Quantized[stored] = rules.Weights.Type;
        inserted.EmulatedConstants.Add(stored);
        return stored;
    }

    private string Bias(string tensor, Tensor bias, ReadOnlySpan<float> weightScales, float inputScale)
    {
        var (scales, codes, saturated) = BiasCodes.Of(bias.Span<float>(), weightScales, inputScale, rules.Bias);
        if (saturated && !inserted.SaturatedBiases.Contains(tensor))
            inserted.SaturatedBiases.Add(tensor);
        // ONNX has no 64-bit codes; the sums here are float32 anyway.
        if (rules.Bias == BiasRule.Int64AtProduct)
            return Store($"{tensor}/rounded", Tensor.Create([.. codes.Select((c, i) => (float)(c * scales[scales.Length == 1 ? 0 : i]))], bias.Shape.AsSpan()));
        return AddConstant(tensor, Tensor.Create(Array.ConvertAll(codes, c => (int)c), bias.Shape.AsSpan()), scales, null, scales.Length == 1 ? null : 0);
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
        if (format.Scale == ScaleForm.Logarithm)
        {
            var logarithms = Array.ConvertAll(ranges, r => LogarithmicCode.ForAbsoluteMaximum(r.AbsoluteMaximum, format.Bits));
            var reals = new float[values.Length];
            for (int i = 0; i < reals.Length; i++)
                reals[i] = logarithms[axis is null ? 0 : i / inner % extent] is var l ? (float)l.Dequantize(l.Quantize(values[i])) : 0;
            string stored = Store($"{tensor}/dq", Tensor.Create(reals, constant.Shape.AsSpan()));
            inserted.Quantized[stored] = format.Type;
            inserted.EmulatedConstants.Add(stored);
            return stored;
        }
        if (axis is null)
            format = format.For(ranges[0]);
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
        string dequantized = _graph.UniqueName($"{tensor}/dq");
        var node = new Node("DequantizeLinear", inputs, [dequantized], _graph.UniqueName($"{tensor}/DequantizeLinear"));
        if (axis is { } a)
            node.Set("axis", (long)a);
        _graph.Add(node);
        inserted.Constants[dequantized] = tensor;
        inserted.Quantized[dequantized] = codes.Type;
        return dequantized;
    }

    /// <summary>Quantizes <paramref name="source"/> into <paramref name="dequantized"/>.</summary>
    /// <param name="stem">The tensor that names the nodes.</param>
    private string AddQuantizer(string stem, string source, string dequantized, string root, ActivationCodes codes)
    {
        inserted.Quantized[dequantized] = codes.Format.Type;
        if (codes.Logarithmic is { } logarithmic)
        {
            inserted.Unpaired++;
            string values = ActivationQuantizer.AddLogarithmic(_graph, $"{stem}/log", source, logarithmic);
            _graph.Add(new Node("Identity", [values], [dequantized]));
            inserted.Stands[stem] = dequantized;
            inserted.Emulated.Add(new EmulatedQuantizer(source, dequantized));
            return dequantized;
        }
        var parameters = codes.Linear!.Value;
        if (ActivationQuantizer.Prepare(_graph, stem, source, codes.Format, parameters) is var rounded && rounded != source)
        {
            inserted.Emulated.Add(new EmulatedQuantizer(source, rounded));
            inserted.Sources[rounded] = inserted.Sources.GetValueOrDefault(source, source);
            if (source == stem)
                inserted.Stands[stem] = rounded;
            source = rounded;
        }
        if (!_parameters.TryGetValue(root, out var names))
            _parameters[root] = names = (Store($"{root}/scale", Tensor.Create(new[] { parameters.Scale })),
                Store($"{root}/zero_point", Codes.Pack(codes.Format.Type, [parameters.ZeroPoint])));
        string stored = _graph.UniqueName($"{stem}/q");
        _graph.Add(new Node("QuantizeLinear", [source, names.Scale, names.ZeroPoint], [stored], _graph.UniqueName($"{stem}/QuantizeLinear")));
        _graph.Add(new Node("DequantizeLinear", [stored, names.Scale, names.ZeroPoint], [dequantized], _graph.UniqueName($"{stem}/DequantizeLinear")));
        return dequantized;
    }

    /// <summary>Operators that scale by the values at hand, one set for convolutions and one for products: they sum over different axes.</summary>
    private void Dynamic(string tensor, ImmutableArray<NodeInput> readers, NumberFormat format)
    {
        foreach (var group in readers.GroupBy(r => _graph.NodeNamed(r.Node)!.Is("Conv")))
        {
            int rank = shapes.ShapeOf(tensor)?.Length
                ?? throw new FaultException("its rank is unknown", $"tensor {tensor}", "Export the model with shapes, or keep the layers that read it in float.");
            var result = DynamicSubgraph.Add(new NodeWriter(_graph, group.Key ? $"{tensor}/image" : $"{tensor}/rows"), tensor, model.OpsetVersion, rank,
                group.Key ? 1 : rank - 1, !group.Key && format.Granularity == Granularity.PerChannel, format, rules.OutlierMagnitude);
            inserted.Unpaired++;
            inserted.Quantized[result.Quantized] = format.Type;
            inserted.Emulated.Add(new EmulatedQuantizer(tensor, result.Quantized, IsPart: result.Outliers is not null));
            if (result.Outliers is not null)
                inserted.Emulated.Add(new EmulatedQuantizer(tensor, result.Outliers, IsPart: true));
            foreach (var reader in group)
            {
                _graph.SetInput(_graph.NodeNamed(reader.Node)!, reader.Index, result.Quantized);
                if (result.Outliers is not null && reader.Index == 0 && _floatWeights.ContainsKey(reader.Node))
                    AddOutliers(_graph.NodeNamed(reader.Node)!, result.Outliers, result.OutlierShare!);
            }
        }
    }

    /// <summary>The operator again on outlier columns and weights in half, added to its result.</summary>
    private void AddOutliers(Node node, string outliers, string share)
    {
        string output = node.Outputs[0];
        string codes = _graph.UniqueName($"{output}/codes"), halves = _graph.UniqueName($"{output}/outliers");
        _graph.Remove(node);
        _graph.Add(node.CopyWith(node.Inputs, [codes], node.Name));
        string weights = _floatWeights[node.Name];
        if (!_constants.TryGetValue((weights, HalfWeights), out string? stored))
        {
            var values = _graph.Constant(weights)!;
            _constants[(weights, HalfWeights)] = stored = Store($"{weights}/half", Tensor.Create(Array.ConvertAll(values.Span<float>().ToArray(), v => (float)(Half)v), values.Shape.AsSpan()));
        }
        var beside = _graph.Add(node.CopyWith([outliers, stored], [halves], _graph.UniqueName($"{node.Name}/outliers")));
        _graph.Add(new Node("Add", [codes, halves], [output]));
        inserted.OutlierNodes.Add(beside.Name);
        inserted.OutlierShares[node.Name] = share;
    }

    private string Store(string stem, Tensor value)
    {
        string name = _graph.UniqueName(stem);
        _graph.SetInitializer(name, value);
        return name;
    }
}
