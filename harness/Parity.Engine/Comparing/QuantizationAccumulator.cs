using System.Buffers;
using System.Collections;
using System.Collections.Immutable;
using System.Numerics;
using Parity.Core;

namespace Parity.Engine.Comparing;

/// <summary>
/// What one quantizer does to the tensors that go through it, image after image: one pass over each for range, clipping, errors and
/// histogram, from which the codes used come too. Keeps counts and sums only. Not thread-safe.
/// </summary>
public sealed class QuantizationAccumulator
{
    private const int ShownBins = 2048;
    private readonly QuantizationGrid _grid;
    private readonly QuantizationView _view;
    private readonly int _binsPerCode;
    private readonly Channel[] _channels;
    private readonly long[] _bins;
    private readonly uint[] _tables;
    private readonly ChannelMaxima? _extents;

    /// <param name="view">What all tensors added are: values before the quantizer, or codes after it.</param>
    public QuantizationAccumulator(QuantizationGrid grid, QuantizationView view)
    {
        _grid = grid;
        _view = view;
        _binsPerCode = grid.Codes <= 256 ? ShownBins / 256 : 1;
        _bins = new long[grid.Codes * _binsPerCode];
        _tables = new uint[QuantizationLanes.TableLength(_bins.Length)];
        _extents = grid.Axis is null ? new ChannelMaxima() : null;
        _channels = [.. Enumerable.Range(0, grid.Channels).Select(c => new Channel(c, grid.Codes))];
    }

    /// <summary>
    /// Adds one image's tensor: floats before the quantizer, or, where only codes are seen, the dequantized floats after it.
    /// </summary>
    /// <param name="shape">Extents of all dimensions; the channel axis must have one for each scale.</param>
    /// <exception cref="FaultException">The shape does not fit the elements or the channels, or no code stands for a value where only codes are seen.</exception>
    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<int> shape) => Add(values, shape, VectorWidths.Widest);

    /// <summary>As <see cref="Add(ReadOnlySpan{float}, ReadOnlySpan{int})"/> on a chosen instruction set, which does not change the result.</summary>
    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<int> shape, VectorWidth width)
    {
        var (outer, inner) = Split(values.Length, shape);
        _extents?.Add(values, shape);
        if (outer == 1)
        {
            for (int c = 0; c < _channels.Length; c++)
                AddChannel(values.Slice(c * inner, inner), c, width);
            return;
        }
        // A channel's elements are summed in their order, however they are strided.
        float[] gathered = ArrayPool<float>.Shared.Rent(outer * inner);
        for (int c = 0; c < _channels.Length; c++)
        {
            for (int o = 0; o < outer; o++)
                values.Slice(((o * _channels.Length) + c) * inner, inner).CopyTo(gathered.AsSpan(o * inner));
            AddChannel(gathered.AsSpan(0, outer * inner), c, width);
        }
        ArrayPool<float>.Shared.Return(gathered);
    }

    /// <summary>Adds one image's codes as they are stored; only where codes are what is seen.</summary>
    /// <exception cref="InvalidOperationException">Values are what is seen.</exception>
    /// <exception cref="FaultException">As for floats.</exception>
    public void AddCodes<T>(ReadOnlySpan<T> codes, ReadOnlySpan<int> shape) where T : unmanaged, IBinaryInteger<T>
    {
        if (_view != QuantizationView.Codes)
            throw new InvalidOperationException("codes added to an accumulator of values");
        var (_, inner) = Split(codes.Length, shape);
        float[] values = ArrayPool<float>.Shared.Rent(codes.Length);
        for (int i = 0; i < codes.Length; i++)
            values[i] = _grid.Dequantize(int.CreateChecked(codes[i]), i / inner % _channels.Length);
        Add(values.AsSpan(0, codes.Length), shape);
        ArrayPool<float>.Shared.Return(values);
    }

    public QuantizationDivergence ToDivergence()
    {
        int used = 0;
        for (int code = 0; code < _grid.Codes; code++)
            used += _bins.AsSpan(code * _binsPerCode, _binsPerCode).ContainsAnyExcept(0) ? 1 : 0;
        QuantizationMeasures tensor = Measure(_channels, used);
        return new QuantizationDivergence(
            _grid.Quantize,
            _view,
            tensor,
            _grid.Axis is null ? [] : [.. _channels.Select(channel => Measure([channel], channel.Used.Cast<bool>().Count(isUsed => isUsed)))],
            tensor.NonFinite > 0 ? null : ToHistogram())
        {
            Extents = _extents?.ToExtents(),
        };
    }

    private void AddChannel(ReadOnlySpan<float> values, int index, VectorWidth width)
    {
        Channel channel = _channels[index];
        Array.Clear(_tables);
        var lanes = new QuantizationLanes(_grid, index, _binsPerCode, _tables);
        lanes.Add(values, width);
        channel.Count += values.Length;
        if (!double.IsFinite(lanes.Rounding) || !double.IsFinite(lanes.Clipping))
        {
            foreach (float value in values)
                channel.NonFinite += float.IsFinite(value) ? 0 : 1;
            return;
        }
        double offGrid = 1e-6 * values.Length * Square(_grid.Scales[index]);
        if (_view == QuantizationView.Codes && (lanes.Clipping > 0 || lanes.Rounding > offGrid))
        {
            throw new FaultException(
                "values that no code stands for, where codes were to be seen", $"quantizer '{_grid.Quantize}', channel {index}",
                "Tap the tensor after the quantizer, with this quantizer's own scale and zero point, or look at it as values");
        }
        channel.Rounding += lanes.Rounding;
        channel.Clipping += lanes.Clipping;
        channel.Squares += lanes.Squares;
        channel.ClippedLow += lanes.ClippedLow;
        channel.ClippedHigh += lanes.ClippedHigh;
        channel.Min = Math.Min(channel.Min, lanes.Min);
        channel.Max = Math.Max(channel.Max, lanes.Max);
        for (int bin = 0; bin < _bins.Length; bin++)
        {
            long count = lanes.InBin(bin);
            if (count == 0)
                continue;
            _bins[bin] += count;
            int code = bin / _binsPerCode;
            channel.Used[code] = true;
            channel.LowEnd += code == 0 ? count : 0;
            channel.HighEnd += code == _grid.Codes - 1 ? count : 0;
        }
    }

    private (int Outer, int Inner) Split(int count, ReadOnlySpan<int> shape)
    {
        long elements = 1;
        foreach (int extent in shape)
            elements *= extent;
        string where = $"quantizer '{_grid.Quantize}', tensor [{string.Join(',', shape.ToArray())}]";
        if (elements != count)
            throw new FaultException($"{count} elements do not fill the shape", where, "Give the shape of the tensor that is added");
        if (_grid.Axis is not { } axis)
            return (1, count);
        if (axis >= shape.Length || shape[axis] != _channels.Length)
            throw new FaultException($"axis {axis} has not the {_channels.Length} channels of the scales", where, "Check the axis and the layout of the tensor");
        int outer = 1;
        foreach (int extent in shape[..axis])
            outer *= extent;
        return (outer, count == 0 ? 0 : count / outer / _channels.Length);
    }

    private QuantizationMeasures Measure(Channel[] channels, int codesUsed)
    {
        long count = channels.Sum(channel => channel.Count), nonFinite = channels.Sum(channel => channel.NonFinite);
        double low = channels.Min(channel => (double)_grid.Dequantize(_grid.Low, channel.Index));
        double high = channels.Max(channel => (double)_grid.Dequantize(_grid.High, channel.Index));
        if (count == 0 || nonFinite > 0)
            return new QuantizationMeasures(count, nonFinite, low, high, null, null, null, null, null, null, null, null, null, null, null, null);
        bool isValues = _view == QuantizationView.Values;
        double noise = channels.Sum(channel => channel.Clipping + channel.Rounding);
        double? Mean(Func<Channel, double> sum) => channels.Sum(sum) / count;
        return new QuantizationMeasures(
            count,
            0,
            low,
            high,
            // Adding zero turns -0, which depends on the order of elements, into 0.
            channels.Min(channel => channel.Min) + 0.0,
            channels.Max(channel => channel.Max) + 0.0,
            isValues ? Mean(channel => channel.ClippedLow) : null,
            isValues ? Mean(channel => channel.ClippedHigh) : null,
            Mean(channel => channel.LowEnd),
            Mean(channel => channel.HighEnd),
            codesUsed,
            (double)codesUsed / _grid.Codes,
            isValues ? Mean(channel => channel.Clipping) : null,
            isValues ? Mean(channel => channel.Rounding) : null,
            isValues ? Mean(channel => (channel.Count - channel.ClippedLow - channel.ClippedHigh) * Square(_grid.Scales[channel.Index]) / 12) : null,
            // A value of zero is always a code, so where there is noise there is signal.
            isValues && noise > 0 ? 10 * Math.Log10(channels.Sum(channel => channel.Squares) / noise) : null);
    }

    private CodeHistogram ToHistogram()
    {
        long below = _channels.Sum(channel => channel.ClippedLow), above = _channels.Sum(channel => channel.ClippedHigh);
        int shown = Math.Min(_bins.Length, ShownBins), perShown = (_bins.Length + shown - 1) / shown;
        var counts = new long[shown];
        for (int bin = 0; bin < _bins.Length; bin++)
            counts[bin / perShown] += _bins[bin];
        counts[0] -= below;
        counts[(_bins.Length - 1) / perShown] -= above;
        return new CodeHistogram(_grid.Low - 0.5, (double)perShown / _binsPerCode, [.. counts], below, above);
    }

    private static double Square(double value) => value * value;

    private sealed class Channel(int index, int codes)
    {
        public int Index { get; } = index;
        public BitArray Used { get; } = new(codes);
        public long Count, NonFinite, ClippedLow, ClippedHigh, LowEnd, HighEnd;
        public double Rounding, Clipping, Squares, Min = double.PositiveInfinity, Max = double.NegativeInfinity;
    }
}
