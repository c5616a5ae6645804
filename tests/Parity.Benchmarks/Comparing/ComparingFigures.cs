using System.Diagnostics;
using System.Globalization;
using Parity.Engine.Comparing;

namespace Parity.Benchmarks.Comparing;

/// <summary>
/// The figures of the tensor comparison against what the machine can read, on one thread. All are measured in turn, round after
/// round, and the best of each is taken: so a busy neighbour slows none of them alone.
/// </summary>
internal static class ComparingFigures
{
    private const int Rounds = 40;
    private const int Elements = 25_000_000;

    /// <returns>0, or 1 when an instruction set gave another result.</returns>
    public static int Print(TextWriter output, bool withLanes)
    {
        var (reference, target) = TensorPair.Create(Elements);
        output.WriteLine($"two float32 tensors of 100 MB, one thread, best of {Rounds} rounds, {VectorWidths.Widest}");
        PrintTable(output, reference, target, Elements);
        output.WriteLine("the same in the cache, two tensors of 1 MB");
        PrintTable(output, reference, target, 250_000);
        return withLanes ? PrintLanes(output) : 0;
    }

    private static void PrintTable(TextWriter output, float[] reference, float[] target, int elements)
    {
        ulong sink = 0;
        ReadOnlyMemory<float> r = reference.AsMemory(0, elements), q = target.AsMemory(0, elements);
        QuantizationAccumulator accumulator = TensorPair.Quantizer();
        List<(string Name, double Bytes, Action Run)> works =
        [
            ("read, plain", 8.0, () => sink += MemoryRead.Plain(r.Span, q.Span)),
            ("read, prefetched", 8.0, () => sink += MemoryRead.Best(r.Span, q.Span)),
            .. VectorWidths.Supported.Reverse().Select(width =>
                ($"divergence, {width}", 8.0, (Action)(() => sink += (ulong)TensorSums.Of(r.Span, q.Span, width).EqualCount))),
            ("quantizer and histogram", 4.0, () => accumulator.Add(r.Span, [elements])),
        ];
        int repeats = Math.Max(1, Elements / elements / 8);
        double[] best = [.. works.Select(_ => double.PositiveInfinity)];
        for (int round = 0; round < Rounds; round++)
        {
            for (int w = 0; w < works.Count; w++)
            {
                long started = Stopwatch.GetTimestamp();
                for (int i = 0; i < repeats; i++)
                    works[w].Run();
                best[w] = Math.Min(best[w], Stopwatch.GetElapsedTime(started).TotalSeconds / repeats);
            }
        }
        double read = Math.Min(best[0], best[1]);
        for (int w = 0; w < works.Count; w++)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {works[w].Name,-24} {best[w] * 1e3,8:F3} ms {works[w].Bytes * elements / best[w] / 1e9,7:F1} GB/s {best[w] * 1e9 / elements,6:F2} ns an element {read / best[w],7:P0} of reading both"));
        }
        GC.KeepAlive(sink);
    }

    private static int PrintLanes(TextWriter output)
    {
        const int elements = 100_000_000;
        var (reference, target) = TensorPair.Create(elements);
        TensorSums[] sums = [.. VectorWidths.Supported.Select(width => TensorSums.Of(reference, target, width))];
        for (int i = 0; i < sums.Length; i++)
            output.WriteLine($"{VectorWidths.Supported[i]}: {sums[i]}");
        bool isSame = sums.All(sum => sum == sums[0]);
        output.WriteLine($"10^8 elements, {sums.Length} instruction sets: {(isSame ? "the same bits" : "DIFFERENT")}");
        return isSame ? 0 : 1;
    }
}
