using System.Numerics;
using System.Runtime.InteropServices;
using Parity.Core;

namespace Parity.Engine.Comparing;

/// <summary>Largest |value| of every channel, image after image. A maximum does not depend on the order, so that every instruction set gives the same.</summary>
internal sealed class ChannelMaxima
{
    private int _axis;
    private float[]? _largest;
    private bool _unusable;

    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<int> shape)
    {
        if (_unusable || shape.Length < 2 || values.IsEmpty)
            return;
        int axis = shape.Length == 3 && shape[2] < shape[1] ? 2 : 1;
        _largest ??= new float[shape[axis]];
        if (_largest.Length != shape[axis] || (_axis != 0 && _axis != axis))
        {
            _unusable = true;
            return;
        }
        _axis = axis;
        int inner = 1;
        for (int i = axis + 1; i < shape.Length; i++)
            inner *= shape[i];
        if (inner == 1)
        {
            for (int start = 0; start < values.Length; start += _largest.Length)
                Widen(_largest, values.Slice(start, _largest.Length));
            return;
        }
        for (int start = 0, channel = 0; start < values.Length; start += inner, channel = (channel + 1) % _largest.Length)
            _largest[channel] = Math.Max(_largest[channel], Largest(values.Slice(start, inner)));
    }

    /// <summary>Null without channels.</summary>
    public ChannelExtents? ToExtents() =>
        _largest is null ? null : new ChannelExtents(_axis, _unusable || Array.Exists(_largest, v => !float.IsFinite(v)) ? [] : [.. _largest]);

    private static void Widen(Span<float> largest, ReadOnlySpan<float> values)
    {
        for (int i = 0; i < largest.Length; i++)
            largest[i] = Math.Max(largest[i], Math.Abs(values[i]));
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var all = Vector<float>.Zero;
        foreach (var v in vectors)
            all = Vector.Max(all, Vector.Abs(v));
        float largest = 0;
        for (int i = 0; i < Vector<float>.Count; i++)
            largest = Math.Max(largest, all[i]);
        foreach (float v in values[(vectors.Length * Vector<float>.Count)..])
            largest = Math.Max(largest, Math.Abs(v));
        return largest;
    }
}
