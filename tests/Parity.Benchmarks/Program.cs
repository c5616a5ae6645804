using System.Diagnostics;
using Parity.Benchmarks.Comparing;
using Parity.Engine.Comparing;

int n = 25_000_000;
float[] a = GC.AllocateUninitializedArray<float>(n), b = GC.AllocateUninitializedArray<float>(n);
var g = new Random(1);
for (int i = 0; i < n; i++) { a[i] = g.NextSingle() * 2 - 1; b[i] = a[i] + (g.NextSingle() - 0.5f) * 0.01f; }
ulong sink = 0;
foreach (int size in new[] { 4096, 200_000, 2_000_000, n })
{
    var work = new (string Name, Func<float[], float[], int, ulong> F)[] {
    ("read", (x, y, s) => MemoryRead.Read(x.AsSpan(0, s), y.AsSpan(0, s))),
    ("512", (x, y, s) => (ulong)TensorSums.Of(x.AsSpan(0, s), y.AsSpan(0, s), VectorWidth.Bits512).EqualCount),
    ("256", (x, y, s) => (ulong)TensorSums.Of(x.AsSpan(0, s), y.AsSpan(0, s), VectorWidth.Bits256).EqualCount)};
    var best = new double[work.Length]; Array.Fill(best, 1e9); int reps = Math.Max(1, n / size / 4);
    for (int i = 0; i < 25; i++) for (int w = 0; w < work.Length; w++)
    { long t = Stopwatch.GetTimestamp(); for (int k = 0; k < reps; k++) sink += work[w].F(a, b, size); best[w] = Math.Min(best[w], Stopwatch.GetElapsedTime(t).TotalSeconds / reps); }
    for (int w = 0; w < work.Length; w++) Console.WriteLine($"{size,10} {work[w].Name,-8} {size * 8 / best[w] / 1e9:F1} GB/s");
}
