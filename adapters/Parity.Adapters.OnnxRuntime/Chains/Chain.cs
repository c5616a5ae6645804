using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>
/// Operators that each take one value to one value, run one behind the other on blocks that stay in the nearest cache, where the runtime would write every result to memory.
/// Every operation is the runtime's own float32 operation in the runtime's order, so the results have the same bits. Logarithms that are rounded are exact instead.
/// </summary>
/// <param name="steps">The first reads register 0, the values; the last writes the result.</param>
/// <param name="registers">How many the steps use.</param>
internal sealed class Chain(ChainStep[] steps, int registers)
{
    /// <summary>A multiple of the widest vector; six registers of it are 24 KB.</summary>
    private const int Block = 1024;

    public void Run(ReadOnlySpan<float> values, Span<float> results)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(registers * Block);
        int last = steps.Length - 1;
        int start = 0;
        // Whole blocks are read and written where they are.
        for (; start + Block <= values.Length; start += Block)
        {
            ReadOnlySpan<float> from = values.Slice(start, Block);
            Span<float> to = results.Slice(start, Block);
            if (last == 0)
            {
                Run(steps[0], rented, from, to);
                continue;
            }
            bool again = false;
            for (int i = 1; i <= last; i++)
                again |= steps[i].Reads(0);
            if (again)
                from.CopyTo(rented);
            Run(steps[0], rented, from, Register(rented, steps[0].Target));
            for (int i = 1; i < last; i++)
                Run(steps[i], rented, Register(rented, steps[i].A), Register(rented, steps[i].Target));
            Run(steps[last], rented, Register(rented, steps[last].A), to);
        }
        if (start < values.Length)
        {
            values[start..].CopyTo(rented);
            foreach (ref readonly ChainStep step in steps.AsSpan())
                Run(step, rented, Register(rented, step.A), Register(rented, step.Target));
            rented.AsSpan(steps[last].Target * Block, values.Length - start).CopyTo(results[start..]);
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run(in ChainStep s, float[] registers, ReadOnlySpan<float> a, Span<float> target)
    {
        switch (s.Operation)
        {
            case ChainOperation.Log:
                TensorPrimitives.Log(a, target);
                return;
            case ChainOperation.RoundedLogarithm:
                s.Logarithms!.Round(a, (int)s.Y, target);
                return;
            case ChainOperation.ToHalf:
                HalfRounding.Round(a, target);
                return;
            case ChainOperation.Look:
                Look(s.Table!, a, target);
                return;
        }
        ReadOnlySpan<Vector512<float>> left = MemoryMarshal.Cast<float, Vector512<float>>(a);
        Span<Vector512<float>> results = Vectors(target), right = Vectors(Register(registers, s.B)), other = Vectors(Register(registers, s.C));
        Vector512<float> x = Vector512.Create(s.X), y = Vector512.Create(s.Y), zero = Vector512<float>.Zero, one = Vector512<float>.One;
        switch (s.Operation)
        {
            case ChainOperation.Divide:
                for (int i = 0; i < results.Length; i++)
                    results[i] = left[i] / x;
                return;
            case ChainOperation.Multiply:
                for (int i = 0; i < results.Length; i++)
                    results[i] = left[i] * x;
                return;
            case ChainOperation.Add:
                for (int i = 0; i < results.Length; i++)
                    results[i] = left[i] + x;
                return;
            case ChainOperation.Subtract:
                for (int i = 0; i < results.Length; i++)
                    results[i] = left[i] - x;
                return;
            case ChainOperation.MultiplyBoth:
                for (int i = 0; i < results.Length; i++)
                    results[i] = left[i] * right[i];
                return;
            case ChainOperation.AddBoth:
                for (int i = 0; i < results.Length; i++)
                    results[i] = left[i] + right[i];
                return;
            case ChainOperation.SubtractBoth:
                for (int i = 0; i < results.Length; i++)
                    results[i] = left[i] - right[i];
                return;
            case ChainOperation.Abs:
                for (int i = 0; i < results.Length; i++)
                    results[i] = Vector512.Abs(left[i]);
                return;
            case ChainOperation.Floor:
                for (int i = 0; i < results.Length; i++)
                    results[i] = Vector512.Floor(left[i]);
                return;
            case ChainOperation.Sign:
                for (int i = 0; i < results.Length; i++)
                    results[i] = Vector512.ConditionalSelect(Vector512.GreaterThan(left[i], zero), one, Vector512.ConditionalSelect(Vector512.LessThan(left[i], zero), -one, left[i]));
                return;
            case ChainOperation.Round:
                for (int i = 0; i < results.Length; i++)
                    results[i] = Vector512.Round(left[i]);
                return;
            case ChainOperation.Truncate:
                for (int i = 0; i < results.Length; i++)
                    results[i] = Vector512.Truncate(left[i]);
                return;
            case ChainOperation.Clip:
                for (int i = 0; i < results.Length; i++)
                    results[i] = Clipped(left[i], x, y);
                return;
            case ChainOperation.AtLeast:
                for (int i = 0; i < results.Length; i++)
                    results[i] = Vector512.ConditionalSelect(Vector512.LessThan(left[i], x), x, left[i]);
                return;
            case ChainOperation.IsAtLeast:
                for (int i = 0; i < results.Length; i++)
                    results[i] = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(left[i], x), one, zero);
                return;
            case ChainOperation.IsLess:
                for (int i = 0; i < results.Length; i++)
                    results[i] = Vector512.ConditionalSelect(Vector512.LessThan(left[i], x), one, zero);
                return;
            case ChainOperation.Where:
                for (int i = 0; i < results.Length; i++)
                    results[i] = Vector512.ConditionalSelect(Vector512.Equals(left[i], zero), other[i], right[i]);
                return;
            case ChainOperation.WhereElse:
                for (int i = 0; i < results.Length; i++)
                    results[i] = Vector512.ConditionalSelect(Vector512.Equals(left[i], zero), y, right[i]);
                return;
            case ChainOperation.Quantize:
                Vector512<float> low = Vector512.Create(s.Low), high = Vector512.Create(s.High);
                for (int i = 0; i < results.Length; i++)
                    results[i] = Vector512.Round(Clipped(left[i] / x, low, high)) + y;
                return;
            case ChainOperation.QuantizeAndBack:
                low = Vector512.Create(s.Low);
                high = Vector512.Create(s.High);
                for (int i = 0; i < results.Length; i++)
                    results[i] = (Vector512.Round(Clipped(left[i] / x, low, high)) + zero) * x;
                return;
            case ChainOperation.ScaleClipped:
                low = Vector512.Create(s.Low);
                high = Vector512.Create(s.High);
                for (int i = 0; i < results.Length; i++)
                    results[i] = (Clipped(left[i], low, high) + zero) * x;
                return;
            case ChainOperation.RoundAway:
                Vector512<float> sign = Vector512.Create(-0f);
                for (int i = 0; i < results.Length; i++)
                    results[i] = Vector512.Floor(Vector512.Abs(left[i]) + x) | (left[i] & sign);
                return;
            case ChainOperation.Dequantize:
                for (int i = 0; i < results.Length; i++)
                    results[i] = (left[i] - y) * x;
                return;
            default:
                throw new ArgumentOutOfRangeException(nameof(s), s.Operation, "no operation of a chain");
        }
    }

    /// <summary>NaN stays NaN.</summary>
    private static Vector512<float> Clipped(Vector512<float> value, Vector512<float> low, Vector512<float> high) => Vector512.MinNative(high, Vector512.MaxNative(low, value));

    private static unsafe void Look(float[] table, ReadOnlySpan<float> codes, Span<float> results)
    {
        int i = 0;
        if (Avx2.IsSupported)
        {
            Vector256<int> last = Vector256.Create(table.Length - 1);
            fixed (float* first = table)
                for (; i + Vector256<int>.Count <= codes.Length; i += Vector256<int>.Count)
                {
                    Vector256<int> index = Vector256.Min(Vector256.Max(Vector256.ConvertToInt32(Vector256.Create(codes[i..])), Vector256<int>.Zero), last);
                    Avx2.GatherVector256(first, index, sizeof(float)).CopyTo(results[i..]);
                }
        }
        for (; i < codes.Length; i++)
            results[i] = table[Math.Clamp((int)codes[i], 0, table.Length - 1)];
    }

    private static Span<float> Register(float[] registers, int index) => registers.AsSpan(index * Block, Block);

    private static Span<Vector512<float>> Vectors(Span<float> register) => MemoryMarshal.Cast<float, Vector512<float>>(register);
}
