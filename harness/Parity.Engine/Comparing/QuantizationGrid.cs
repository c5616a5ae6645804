using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Comparing;

/// <summary>
/// The real values that a quantizer's codes stand for: code = clamp(round half to even(x / scale) + zero point), in float32 as ONNX's
/// QuantizeLinear, and back (code - zero point) x scale as its DequantizeLinear.
/// </summary>
public sealed class QuantizationGrid
{
    /// <param name="axis">Channel axis, or null per tensor.</param>
    /// <param name="scales">One, or one per channel.</param>
    /// <param name="low">Lowest code used, where it is not the type's (-127 for a symmetric int8).</param>
    /// <param name="high">Highest code used, where it is not the type's.</param>
    /// <exception cref="FaultException">Every scale, zero point and code that does not fit.</exception>
    public QuantizationGrid(
        string quantize, ElementType type, int? axis, ImmutableArray<double> scales, ImmutableArray<long> zeroPoints, int? low = null, int? high = null)
    {
        var faults = new FaultList();
        (int Low, int High) range = type switch
        {
            ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            ElementType.UInt8 => (byte.MinValue, byte.MaxValue),
            ElementType.Int16 => (short.MinValue, short.MaxValue),
            ElementType.UInt16 => (ushort.MinValue, ushort.MaxValue),
            _ => (0, 0),
        };
        string where = $"quantizer '{quantize}'";
        if (range.High == 0)
            faults.Add($"{type} codes are not counted", where, "Measure 8 and 16-bit quantizers only");
        (Quantize, Type, Axis, Low, High) = (quantize, type, axis, low ?? range.Low, high ?? range.High);
        if (range.High > 0 && (Low < range.Low || High > range.High || Low >= High))
            faults.Add($"codes {Low} to {High} are no range of {type}", where, $"Use codes within {range.Low} to {range.High}");
        if (scales.Length == 0 || scales.Length != zeroPoints.Length || (axis is null && scales.Length != 1))
            faults.Add($"{scales.Length} scales and {zeroPoints.Length} zero points {(axis is null ? "per tensor" : "per channel")}", where, "Give one of each, or one of each per channel and the axis");
        if (axis < 0)
            faults.Add($"axis {axis}", where, "Count the axis from the front");
        for (int c = 0; c < scales.Length; c++)
        {
            // The widest dequantized value must be finite as well.
            if (!(scales[c] > 0) || (float)scales[c] == 0 || !float.IsFinite((float)scales[c] * 65536))
                faults.Add($"scale {scales[c]} of channel {c}", where, "A scale is positive and finite in float32; calibrate again");
        }
        for (int c = 0; c < zeroPoints.Length; c++)
        {
            if (range.High > 0 && (zeroPoints[c] < range.Low || zeroPoints[c] > range.High))
                faults.Add($"zero point {zeroPoints[c]} of channel {c} is no {type}", where, $"Use one within {range.Low} to {range.High}");
        }
        faults.ThrowIfAny();
        Scales = [.. scales.Select(scale => (float)scale)];
        ZeroPoints = [.. zeroPoints.Select(zeroPoint => (int)zeroPoint)];
    }

    /// <exception cref="FaultException">See the constructor.</exception>
    public static QuantizationGrid Of(QdqRecord qdq) => new(qdq.Quantize, qdq.Type, qdq.Axis, qdq.Scales, qdq.ZeroPoints);

    public string Quantize { get; }

    public ElementType Type { get; }

    public int? Axis { get; }

    public ImmutableArray<float> Scales { get; }

    public ImmutableArray<int> ZeroPoints { get; }

    public int Low { get; }

    public int High { get; }

    public int Codes => High - Low + 1;

    public int Channels => Scales.Length;

    /// <summary>The real value of a code; <see cref="float"/> arithmetic.</summary>
    public float Dequantize(int code, int channel) => (code - ZeroPoints[channel]) * Scales[channel];
}
