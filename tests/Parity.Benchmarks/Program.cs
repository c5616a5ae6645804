using System.Diagnostics;
using Parity.Benchmarks.Comparing;
using Parity.Engine.Comparing;

int n = 25_000_000;
float[] a = GC.AllocateUninitializedArray<float>(n), b = GC.AllocateUninitializedArray<float>(n);
var g = new Random(1);
for (int i = 0; i < n; i++) { a[i] = g.NextSingle() * 2 - 1; b[i] = a[i] + (g.NextSingle() - 0.5f) * 0.01f; }
ulong sink = 0;
for (int round = 0; round < 3; round++)
{
    Console.WriteLine($"read   {Best(() => sink += MemoryRead.Read(a, b)):F1} GB/s");
    foreach (VectorWidth w in VectorWidths.Supported)
        Console.WriteLine($"{w} {Best(() => sink += (ulong)TensorSums.Of(a, b, w).EqualCount):F1} GB/s");
}
foreach (VectorWidth w in VectorWidths.Supported) Console.WriteLine(TensorSums.Of(a, b, w));

double Best(Action f)
{
    double best = 1e9;
    for (int i = 0; i < 10; i++) { long t = Stopwatch.GetTimestamp(); f(); best = Math.Min(best, Stopwatch.GetElapsedTime(t).TotalSeconds); }
    return n * 8 / best / 1e9;
}
