using System.Globalization;
using Parity.Core;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Conformance;

/// <summary>Linear quantization by a profile's activation format: ties, saturation, odd zero points, extreme scales, per channel.</summary>
internal static class LinearRules
{
    private const string Source = "ONNX QuantizeLinear/DequantizeLinear; targets.md section 1; the profile's rounding, placement and range; exact reference";

    // A power of two gives exact ties; 0.1 and 1/3 none; the others reach subnormal and overflowing quotients.
    private static readonly float[] Scales = [1, 0.5f, 1f / 128, 0.1f, 1f / 3, 3e-38f, 1.17549435e-38f, 1e37f];

    public static Rule Quantize { get; } = new("quantize", Source, [], null, subject => Of(subject, format => Cases(format).SelectMany(c => OnBackend(subject, c))));

    public static Rule QuantizePerChannel { get; } = new("quantize per channel", Source, [], null, subject => Of(subject, format =>
        OnBackend(subject, new Case(format, [0.5f, 0.1f, 1f / 128], [.. ZeroPoints(format).Take(3).Concat([0, 0]).Take(3)]))));

    public static Rule Dequantize { get; } = new("dequantize", Source, [], null, subject => Of(subject, format => Cases(format).SelectMany(c => Decode(subject, c))));

    public static Rule ProfileQuantize { get; } = new("quantize, the profile's own arithmetic", Source, [], nameof(QuantizationParameters), subject =>
        Of(subject, format => Cases(format).SelectMany(c => Values(c.Scales[0], c.Format).Select(v => Checked.Of(
            Text(v, c, 0), Number(ExactQuantization.Quantize(v, c.Scales[0], c.Zeros[0], c.Format.Rounding, c.Format.ZeroPoint, c.Format.CodeLow, c.Format.CodeHigh)),
            () => Number(new QuantizationParameters(c.Scales[0], c.Zeros[0]).Quantize(v, c.Format)))))));

    public static Rule Calibration { get; } = new("scale and zero point of a range", "targets.md sections 2.A and 3.A; the profile's scale rule; exact reference", [], nameof(QuantizationParameters), subject =>
        from format in new[] { subject.Profile!.Quantization!.Activations, subject.Profile!.Quantization!.Weights }
        where format.Scale == ScaleForm.Float
        from range in new[] { (-1f, 1f), (0f, 6f), (-0.3f, 2.7f), (-2.7f, 0.3f), (0.5f, 2f), (-5f, -1f), (-1e-30f, 3e-30f), (-1e30f, 2e30f), (-0.27846455f, 9.721535f) }
        let chosen = format.For(new ValueRange(range.Item1, range.Item2))
        let expected = ExactQuantization.Parameters(range.Item1, range.Item2, chosen)
        select Checked.Of($"[{Number(range.Item1)}, {Number(range.Item2)}] to {chosen.Type}", $"scale {Number(expected.Scale)}, zero point {expected.ZeroPoint}", () =>
        {
            QuantizationParameters p = QuantizationParameters.For(new ValueRange(range.Item1, range.Item2), chosen);
            return $"scale {Number(p.Scale)}, zero point {p.ZeroPoint}";
        }));

    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The vectors of the activations' format; of both its forms where the sign follows the range; of one vector that cannot be run where codes have no scale of their own.</summary>
    private static IEnumerable<Checked> Of(Subject subject, Func<NumberFormat, IEnumerable<Checked>> vectors) => subject.Profile!.Quantization!.Activations switch
    {
        { Time: ScaleTime.Dynamic } => [new Checked("activations", "codes by the values at hand", null, "the target scales by the values of each run: no QuantizeLinear to hold against vectors")],
        { Scale: ScaleForm.Logarithm } => [],
        { Sign: Sign.ByRange } format => vectors(format.For(new ValueRange(-1, 1))).Concat(vectors(format.For(new ValueRange(0, 1)))),
        var format => vectors(format),
    };

    private static IEnumerable<Case> Cases(NumberFormat format) => from scale in Scales from zero in ZeroPoints(format) select new Case(format, [scale], [zero]);

    /// <summary>Odd ones, the ends, and the middle; a symmetric format has 0 only.</summary>
    private static int[] ZeroPoints(NumberFormat format)
    {
        (int low, int high) = TypeRange(format.Type);
        return format.Symmetry == Symmetry.Symmetric ? [0] : [low, 1, (low + high + 1) / 2, ((low + high + 1) / 2) | 1, high];
    }

    private static (int Low, int High) TypeRange(ElementType type) => type switch
    {
        ElementType.Int8 => (-128, 127),
        ElementType.UInt8 => (0, 255),
        ElementType.Int16 => (-32768, 32767),
        ElementType.UInt16 => (0, 65535),
        _ => throw new FaultException($"{type} codes have no vectors", "conformance", "Use a target of 8 or 16 bit codes."),
    };

    /// <summary>Ties up and down around zero and the ends, a float beside each, both saturations; deduplicated and finite.</summary>
    private static float[] Values(float scale, NumberFormat format)
    {
        (int low, int high) = TypeRange(format.Type);
        var values = new List<float> { 0, scale, -scale, float.MaxValue, float.MinValue, float.Epsilon, -float.Epsilon };
        foreach (int code in new[] { -3, -2, -1, 0, 1, 2, low - 1, low, high - 1, high, (high - low) / 2, low - high })
        {
            float tie = (code + 0.5f) * scale;
            values.AddRange([tie, MathF.BitIncrement(tie), MathF.BitDecrement(tie), code * scale]);
        }
        return [.. values.Where(float.IsFinite).Distinct()];
    }

    /// <summary>By what the product writes for the format: operators that round as the chip does, where QuantizeLinear does not, and QuantizeLinear.</summary>
    private static List<Checked> OnBackend(Subject subject, Case c)
    {
        // The operators before a Q have one scale, as activations of every target do.
        if (c.Scales.Length > 1 && c.IsEmulated)
            return [.. Enumerable.Range(0, c.Scales.Length).SelectMany(i => OnBackend(subject, new Case(c.Format, [c.Scales[i]], [c.Zeros[i]])))];
        float[] values = [.. c.Scales.SelectMany(s => Values(s, c.Format)).Distinct()];
        (int low, int high) = c.IsEmulated ? (c.Format.CodeLow, c.Format.CodeHigh) : TypeRange(c.Format.Type);
        int[]? codes = null;
        string? reason = null;
        try
        {
            codes = Codes(TinyModel.Run(subject, c.Opset, values, graph =>
            {
                c.Parameters(graph);
                string prepared = c.Scales.Length > 1 ? TinyModel.Input : ActivationQuantizer.Prepare(graph, "vector", TinyModel.Input, c.Format, c.Single);
                graph.Add(new Node("QuantizeLinear", [prepared, "scale", "zero"], ["codes"]).Set("axis", 1));
                graph.AddOutput("codes", TensorTypes.Of(c.Format.Type), [1, 3, 1, values.Length]);
            })["codes"]);
        }
        catch (FaultException e)
        {
            reason = e.Faults[0].ToString();
        }
        var vectors = new List<Checked>();
        for (int channel = 0; channel < c.Scales.Length; channel++)
        {
            for (int i = 0; i < values.Length; i++)
            {
                int expected = ExactQuantization.Quantize(values[i], c.Scales[channel], c.Zeros[channel], c.Format.Rounding, c.Format.ZeroPoint, low, high);
                vectors.Add(new Checked(Text(values[i], c, channel), Number(expected), codes is null ? null : Number(codes[(channel * values.Length) + i]), reason));
            }
        }
        return vectors;
    }

    private static List<Checked> Decode(Subject subject, Case c)
    {
        (int low, int high) = TypeRange(c.Format.Type);
        int[] codes = [.. new[] { low, low + 1, -1, 0, 1, 2, 3, c.Zeros[0], (low + high) / 2, high - 1, high }.Where(q => q >= low && q <= high).Distinct()];
        float[]? values = null;
        string? reason = null;
        try
        {
            values = TinyModel.Run(subject, c.Opset, [.. codes.Select(q => (float)q)], graph =>
            {
                c.Parameters(graph);
                graph.Add(new Node("Cast", [TinyModel.Input], ["codes"]).Set("to", (long)TensorTypes.Of(c.Format.Type)));
                graph.Add(new Node("DequantizeLinear", ["codes", "scale", "zero"], ["values"]));
                graph.AddOutput("values", TensorType.Float32, [1, 3, 1, codes.Length]);
            })["values"].Span<float>()[..codes.Length].ToArray();
        }
        catch (FaultException e)
        {
            reason = e.Faults[0].ToString();
        }
        return [.. codes.Select((q, i) => new Checked($"code {q}, scale {Number(c.Scales[0])}, zero point {c.Zeros[0]}", Number(ExactQuantization.Dequantize(q, c.Scales[0], c.Zeros[0]) + 0f),
            values is null ? null : Number(values[i] + 0f), reason))];
    }

    private static int[] Codes(Tensor tensor) => [.. LinearQuantization.Codes(tensor).Select(c => (int)c)];

    private static string Text(float value, Case c, int channel) => $"{Number(value)}, scale {Number(c.Scales[channel])}, zero point {c.Zeros[channel]}, {c.Format.Type}{(c.Scales.Length > 1 ? $", channel {channel}" : "")}";

    private sealed record Case(NumberFormat Format, float[] Scales, int[] Zeros)
    {
        public QuantizationParameters Single => new(Scales[0], Zeros[0]);

        /// <summary>Whether operators stand before QuantizeLinear.</summary>
        public bool IsEmulated => ActivationQuantizer.IsNeeded(Format, Single);

        /// <summary>16-bit codes came with opset 21.</summary>
        public int Opset => Format.Type is ElementType.Int16 or ElementType.UInt16 ? 21 : 13;

        public void Parameters(Graph graph)
        {
            int[] shape = Scales.Length > 1 ? [Scales.Length] : [];
            graph.SetInitializer("scale", Tensor.Create(Scales, shape));
            Tensor zeros = Format.Type switch
            {
                ElementType.Int8 => Tensor.Create(Array.ConvertAll(Zeros, z => (sbyte)z), shape),
                ElementType.UInt8 => Tensor.Create(Array.ConvertAll(Zeros, z => (byte)z), shape),
                ElementType.Int16 => Tensor.Create(Array.ConvertAll(Zeros, z => (short)z), shape),
                _ => Tensor.Create(Array.ConvertAll(Zeros, z => (ushort)z), shape),
            };
            graph.SetInitializer("zero", zeros);
        }
    }
}
