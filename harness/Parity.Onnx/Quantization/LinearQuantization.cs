using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Onnx;

/// <summary>QuantizeLinear and DequantizeLinear on constants, as ONNX defines them, in float32.</summary>
public static class LinearQuantization
{
    /// <summary>Integer elements of any width as longs.</summary>
    /// <exception cref="InvalidCastException">The elements are no integers.</exception>
    public static ImmutableArray<long> Codes(Tensor tensor)
    {
        var codes = ImmutableArray.CreateBuilder<long>(tensor.Count);
        switch (tensor.Type)
        {
            case ElementType.Int8: foreach (sbyte v in tensor.Span<sbyte>()) codes.Add(v); break;
            case ElementType.UInt8: foreach (byte v in tensor.Span<byte>()) codes.Add(v); break;
            case ElementType.Int16: foreach (short v in tensor.Span<short>()) codes.Add(v); break;
            case ElementType.UInt16: foreach (ushort v in tensor.Span<ushort>()) codes.Add(v); break;
            case ElementType.Int32: foreach (int v in tensor.Span<int>()) codes.Add(v); break;
            case ElementType.UInt32: foreach (uint v in tensor.Span<uint>()) codes.Add(v); break;
            case ElementType.Int64: foreach (long v in tensor.Span<long>()) codes.Add(v); break;
            default: throw new InvalidCastException($"{tensor.Type} elements are no codes");
        }
        return codes.MoveToImmutable();
    }

    /// <summary>y = (x - zero point) * scale: the difference exact, then rounded to float32, then one float32 product.</summary>
    /// <param name="codes">Codes, 2- and 4-bit ones unpacked; Float32 holds the values of 8- and 4-bit floats.</param>
    /// <param name="axis">Null per tensor; else scales run along it, by <paramref name="blockSize"/> elements when that is not 0.</param>
    /// <returns>Float32 of the shape of <paramref name="codes"/>.</returns>
    /// <exception cref="FaultException">The scales do not fit the shape.</exception>
    public static Tensor Dequantize(Tensor codes, ReadOnlySpan<float> scales, ReadOnlySpan<long> zeroPoints, int? axis, int blockSize, string where)
    {
        var indexer = new ScaleIndex(codes.Shape, scales.Length, axis, blockSize, where);
        var values = new float[codes.Count];
        if (codes.Type == ElementType.Float32)
        {
            var floats = codes.Span<float>();
            for (int i = 0; i < values.Length; i++)
                values[i] = floats[i] * scales[indexer.Of(i)];
        }
        else
        {
            var integers = Codes(codes);
            for (int i = 0; i < values.Length; i++)
            {
                int at = indexer.Of(i);
                values[i] = (integers[i] - zeroPoints[at]) * scales[at];
            }
        }
        return Tensor.Create(values, codes.Shape.AsSpan());
    }

    /// <summary>q = saturate(round half to even(x / scale) + zero point).</summary>
    /// <param name="type">An integer type of up to 16 bits.</param>
    /// <returns>The unpacked type of <paramref name="type"/>.</returns>
    /// <exception cref="FaultException">NaN, the scales do not fit the shape, or the type is none to quantize to.</exception>
    public static Tensor Quantize(Tensor values, TensorType type, ReadOnlySpan<float> scales, ReadOnlySpan<long> zeroPoints, int? axis, int blockSize, string where)
    {
        if (TensorTypes.Range(type) is not { } range || TensorTypes.Bits(type) > 16)
            throw new FaultException($"constants cannot be quantized to {type} here", where, "Store the constant as codes.");
        var indexer = new ScaleIndex(values.Shape, scales.Length, axis, blockSize, where);
        var input = values.Span<float>();
        var codes = new int[input.Length];
        for (int i = 0; i < codes.Length; i++)
        {
            int at = indexer.Of(i);
            float rounded = MathF.Round(input[i] / scales[at], MidpointRounding.ToEven);
            if (float.IsNaN(rounded))
                throw new FaultException($"element {i} is NaN or divided by a scale of 0", where, "Repair the model: a constant must be finite.");
            // Clamped before the conversion: a float beyond the range of long would wrap.
            codes[i] = (int)Math.Clamp((long)Math.Clamp((double)rounded, -1e9, 1e9) + zeroPoints[at], range.Low, range.High);
        }
        var shape = values.Shape.AsSpan();
        return TensorTypes.Unpacked(type) switch
        {
            ElementType.Int8 => Tensor.Create(Array.ConvertAll(codes, c => (sbyte)c), shape),
            ElementType.UInt8 => Tensor.Create(Array.ConvertAll(codes, c => (byte)c), shape),
            ElementType.Int16 => Tensor.Create(Array.ConvertAll(codes, c => (short)c), shape),
            _ => Tensor.Create(Array.ConvertAll(codes, c => (ushort)c), shape),
        };
    }

    /// <summary>Which scale an element has.</summary>
    private readonly struct ScaleIndex
    {
        private readonly int _inner;
        private readonly int _extent;
        private readonly int _block;
        private readonly int _blocks;

        public ScaleIndex(ImmutableArray<int> shape, int count, int? axis, int blockSize, string where)
        {
            (_inner, _extent, _block, _blocks) = (1, 1, 1, 0);
            if (axis is not { } a)
            {
                if (count != 1)
                    throw new FaultException($"{count} scales for a whole tensor", where, "Give one scale, or an axis.");
                return;
            }
            if (a >= shape.Length)
                throw new FaultException($"axis {a} is not in shape [{string.Join(',', shape)}]", where, "Correct the axis.");
            _extent = shape[a];
            _block = Math.Max(1, blockSize);
            _blocks = (_extent + _block - 1) / _block;
            int outer = 1;
            for (int i = 0; i < a; i++)
                outer *= shape[i];
            for (int i = a + 1; i < shape.Length; i++)
                _inner *= shape[i];
            // A scale per channel is a vector; blocked scales keep all dimensions.
            int expected = blockSize > 0 ? outer * _blocks * _inner : _extent;
            if (count != expected)
                throw new FaultException($"{count} scales where shape [{string.Join(',', shape)}] and axis {a} ask for {expected}", where, "Correct the scales or the axis.");
            Blocked = blockSize > 0;
        }

        private bool Blocked { get; }

        public int Of(int element)
        {
            if (_blocks == 0)
                return 0;
            int along = element / _inner % _extent;
            return Blocked ? (element / (_inner * _extent) * _blocks + along / _block) * _inner + element % _inner : along;
        }
    }
}
