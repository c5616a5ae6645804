using System.Collections.Immutable;
using Parity.Benchmarks.Running;
using Parity.Cli;
using Parity.Engine.Suites;

namespace Parity.Benchmarks.Diagnosing;

/// <summary>A model into which faults are planted.</summary>
/// <param name="KeepFloat">RK1808 gives the joined boxes and scores of these models one scale, which is a fault of its own: with these in float the target is sound.</param>
/// <param name="Used">Draws of places for development, each a seed and how many: those are what the development set tries and the held-out set leaves out.</param>
internal sealed record PlantedModel(string Name, Suite Suite, ImmutableArray<string> KeepFloat, ImmutableArray<(int Seed, int Count)> Used)
{
    /// <param name="sites">Of one kind of fault, in the order of the model's graph.</param>
    public T[] Places<T>(IEnumerable<T> sites, bool development)
    {
        T[] left = [.. sites];
        var used = new List<T>();
        foreach (var (seed, count) in Used)
        {
            new Random(seed).Shuffle(left);
            used.AddRange(left.Take(count));
            left = [.. left.Skip(count)];
        }
        if (development)
            return [.. used];
        new Random(PlantedModels.HeldOutSeed).Shuffle(left);
        return left;
    }

    public ImmutableArray<string> KeptFor(string profile) => profile == "rk1808" ? KeepFloat : [];
}

/// <summary>
/// Thresholds were chosen on the development set and then frozen. The held-out set shares no place with it: its real model is in no development, and of the golden ones the
/// places that development used are left out.
/// </summary>
internal static class PlantedModels
{
    public const int Places = 5, HeldOutSeed = 4711;

    private static readonly ImmutableArray<(int, int)> First = [(17, Places)];

    /// <summary>A first held-out set showed two wrong rules; its places are development's since.</summary>
    private static readonly ImmutableArray<(int, int)> Both = [(17, Places), (2026, Places)], Second = [(17, 0), (2026, Places)];

    /// <summary>Half of what `probe-samples` has unless the suite says otherwise, for the time it takes.</summary>
    private const int Samples = 2;

    private static readonly ImmutableArray<string> Predictions = ["/head/*/predict/Conv"], PosePlan = ["/head/*/predict/Conv", "/head/*/cat/Concat", "/head/cat/Concat"];

    public static IEnumerable<PlantedModel> Development()
    {
        yield return Golden("demo", Predictions, Both);
        yield return Golden("golden-segmentation", [], First);
        yield return Golden("golden-pose", PosePlan, Second);
        yield return Real("coco128-fastestdet", First, "Concat_264");
        yield return Real("coco128-yolox-nano", First, "Concat_331", "Concat_364", "Concat_397", "Concat_422");
        yield return Real("coco128-yolox-nano-relu", Second, "Concat_245", "Concat_269", "Concat_293", "Concat_318");
    }

    public static IEnumerable<PlantedModel> HeldOut()
    {
        yield return Golden("demo", Predictions, Both);
        yield return Golden("golden-pose", PosePlan, Second);
        yield return Real("person-prisma", []);
    }

    private static PlantedModel Golden(string suite, ImmutableArray<string> keepFloat, ImmutableArray<(int, int)> used) =>
        new(suite, SuiteReader.Read(PathOf(suite), null, [], Samples, Composition.Parts), keepFloat, used);

    private static PlantedModel Real(string suite, ImmutableArray<(int, int)> used, params ImmutableArray<string> keepFloat) => new(suite, SharedSuite.Read(PathOf(suite), Samples), keepFloat, used);

    private static string PathOf(string suite) => Path.Combine(SharedSuite.Repository, "suites", $"{suite}.yaml");
}
