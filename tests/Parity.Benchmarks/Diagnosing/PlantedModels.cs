using System.Collections.Immutable;
using Parity.Benchmarks.Running;
using Parity.Cli;
using Parity.Engine.Suites;

namespace Parity.Benchmarks.Diagnosing;

/// <summary>A model into which faults are planted.</summary>
/// <param name="KeepFloat">RK1808 gives the joined boxes and scores of these models one scale, which is a fault of its own: with these in float the target is sound.</param>
/// <param name="Skip">So many of the shuffled places come first in development, and are no more held out.</param>
internal sealed record PlantedModel(string Name, Suite Suite, ImmutableArray<string> KeepFloat, int Skip)
{
    public ImmutableArray<string> KeptFor(string profile) => profile == "rk1808" ? KeepFloat : [];
}

/// <summary>
/// Thresholds were chosen on the development set and then frozen. The held-out set shares no place with it: two of its models are in no development, and of the third the
/// places that development used are left out.
/// </summary>
internal static class PlantedModels
{
    public const int Places = 5;

    /// <summary>Half of what `probe-samples` has unless the suite says otherwise, for the time it takes.</summary>
    private const int Samples = 2;

    private static readonly ImmutableArray<string> Predictions = ["/head/*/predict/Conv"];

    public static IEnumerable<PlantedModel> Development()
    {
        yield return Golden("demo", Predictions, 0);
        yield return Golden("golden-segmentation", [], 0);
        yield return Real("coco128-fastestdet", "Concat_264");
        yield return Real("coco128-yolox-nano", "Concat_331", "Concat_364", "Concat_397", "Concat_422");
    }

    public static IEnumerable<PlantedModel> HeldOut()
    {
        yield return Golden("demo", Predictions, Places);
        yield return Golden("golden-pose", [.. Predictions, "/head/*/cat/Concat", "/head/cat/Concat"], 0);
        yield return Real("coco128-yolox-nano-relu", "Concat_245", "Concat_269", "Concat_293", "Concat_318");
    }

    private static PlantedModel Golden(string suite, ImmutableArray<string> keepFloat, int skip) =>
        new(suite, SuiteReader.Read(PathOf(suite), null, [], Samples, Composition.Parts), keepFloat, skip);

    private static PlantedModel Real(string suite, params ImmutableArray<string> keepFloat) => new(suite, SharedSuite.Read(PathOf(suite), Samples), keepFloat, 0);

    private static string PathOf(string suite) => Path.Combine(SharedSuite.Repository, "suites", $"{suite}.yaml");
}
