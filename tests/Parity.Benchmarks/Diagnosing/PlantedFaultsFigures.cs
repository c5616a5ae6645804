using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Parity.Benchmarks.Running;
using Parity.Cli;
using Parity.Core;
using Parity.Engine.Suites;

namespace Parity.Benchmarks.Diagnosing;

/// <summary>
/// Recall of the rules on faults planted at seeded places of sound models, the rank of the right place among all findings, and findings on the models as they are. The rules'
/// thresholds were frozen before the table was made.
/// </summary>
internal static class PlantedFaultsFigures
{
    private const int Places = 5, Samples = 2;
    private const double Limit = 0.95;

    /// <param name="options">--only TEXT: kinds whose name or rule holds it; --model NAME.</param>
    /// <returns>0 when recall and first rank are above 95 % and sound models have no likely or certain finding.</returns>
    public static int Print(TextWriter output, string[] options)
    {
        string Option(string name) => Array.IndexOf(options, name) is >= 0 and var i && i + 1 < options.Length ? options[i + 1] : "";
        string folder = Directory.CreateTempSubdirectory("parity-planted-").FullName;
        long start = Stopwatch.GetTimestamp();
        var plants = Plants.All.Where(p => p.Kind.Contains(Option("--only"), StringComparison.Ordinal) || p.Rule == Option("--only")).ToList();
        var results = new List<(Plant Plant, string Model, string Place, bool Found, int Rank, string First)>();
        int falseFindings = 0, hints = 0, sound = 0;
        foreach (var (model, suite, keepFloat) in Suites().Where(s => s.Model.Contains(Option("--model"), StringComparison.Ordinal)))
        {
            foreach (string profile in plants.Select(p => p.Profile).Distinct())
            {
                var clean = new PlantedBase(model, suite, profile, Path.Combine(folder, $"{model}-{profile}"));
                var own = clean.Diagnose(clean.Clean);
                Show($"{model} {profile} as it is", own);
                // RK1808 gives each of these models one scale for boxes and scores, which is a fault: in float there, it is sound.
                if (profile == "rk1808")
                {
                    var mended = new PlantedBase(model, suite, profile, Path.Combine(folder, $"{model}-mended"), keepFloat);
                    Show($"{model} {profile} with {string.Join(", ", keepFloat)} in float", mended.Diagnose(mended.Clean));
                    Count(mended.Diagnose(mended.Clean));
                }
                else
                {
                    Count(own);
                }
                output.Flush();
                foreach (Plant plant in plants.Where(p => p.Profile == profile))
                    results.AddRange(Try(output, plant, clean, own));
            }
        }
        Directory.Delete(folder, recursive: true);

        void Count(ImmutableArray<Finding> own)
        {
            sound++;
            falseFindings += own.Count(f => f.Certainty != Certainty.Hint);
            hints += own.Count(f => f.Certainty == Certainty.Hint);
        }

        void Show(string what, ImmutableArray<Finding> own)
        {
            output.WriteLine($"{what}: {own.Count(f => f.Certainty != Certainty.Hint)} findings, {own.Count(f => f.Certainty == Certainty.Hint)} hints");
            foreach (Finding f in own)
                output.WriteLine($"    {f.Certainty} {f.Rule} {f.Node}: {f.Saw}");
        }
        return Table(output, plants, results, falseFindings, hints, sound, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static IEnumerable<(Plant, string, string, bool, int, string)> Try(TextWriter output, Plant plant, PlantedBase clean, ImmutableArray<Finding> before)
    {
        var sites = plant.Sites(clean).ToArray();
        new Random(17).Shuffle(sites);
        int tried = 0;
        foreach (Func<Planted> site in sites)
        {
            if (tried == Places)
                yield break;
            Planted planted;
            ImmutableArray<Finding> findings;
            try
            {
                planted = site();
                // Where the model has the fault already, planting it shows nothing.
                if (before.Any(f => f.Rule == plant.Rule && (f.Node == planted.Place || f.Tensor == planted.Place)))
                    continue;
                tried++;
                findings = clean.Diagnose(clean.Case(planted));
            }
            catch (FaultException e)
            {
                output.WriteLine($"    NOT PLANTED {clean.Model} {plant.Kind}: {e.Message}");
                continue;
            }
            bool Here(Finding f) => planted.Place is null ? f.Node is null && f.Rule == plant.Rule : f.Node == planted.Place || f.Tensor == planted.Place;
            bool found = findings.Any(f => f.Rule == plant.Rule && Here(f));
            int rank = findings.Select((f, i) => (f, i)).Where(x => Here(x.f)).Select(x => x.i + 1).DefaultIfEmpty(0).First();
            string first = findings.IsEmpty ? "nothing" : $"{findings[0].Rule} at {findings[0].Node}";
            if (!found || rank != 1)
                output.WriteLine($"    {(found ? $"rank {rank}" : "MISSED")} {clean.Model} {plant.Kind} at {planted.Place}: first {first}; {string.Join("; ", findings.Where(Here).Select(f => $"{f.Rule} {f.Weight:G2}"))}");
            output.WriteLine(FormattableString.Invariant($"    . {clean.Model}|{plant.Kind}|{planted.Place}|{(found ? "found" : "missed")}|{rank}"));
            output.Flush();
            yield return (plant, clean.Model, planted.Place ?? "", found, rank, first);
        }
    }

    private static int Table(
        TextWriter output, List<Plant> plants, List<(Plant Plant, string Model, string Place, bool Found, int Rank, string First)> results, int falseFindings, int hints, int sound, double seconds)
    {
        output.WriteLine($"{"kind",-36} {"rule",-22} planted  found  first");
        foreach (Plant plant in plants)
        {
            var own = results.Where(r => r.Plant == plant).ToList();
            output.WriteLine($"{plant.Kind,-36} {plant.Rule,-22} {own.Count,7} {own.Count(r => r.Found),6} {own.Count(r => r.Rank == 1),6}");
        }
        double recall = (double)results.Count(r => r.Found) / results.Count, first = (double)results.Count(r => r.Rank == 1) / results.Count;
        bool met = recall > Limit && first > Limit && falseFindings == 0;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{plants.Count} kinds, {results.Count} faults: recall {recall:P1}, right place first {first:P1} (aim above {Limit:P0}); {sound} sound models: {falseFindings} findings (aim 0), {hints} hints; {seconds:0} s: {(met ? "met" : "NOT MET")}"));
        return met ? 0 : 1;
    }

    private static IEnumerable<(string Model, Suite Suite, ImmutableArray<string> KeepFloat)> Suites()
    {
        yield return ("golden", SuiteReader.Read(Path.Combine(SharedSuite.Repository, "suites", "demo.yaml"), null, [], Samples, Composition.Parts), ["/head/*/predict/Conv"]);
        yield return ("FastestDet", SharedSuite.Read(Path.Combine(SharedSuite.Repository, "suites", "coco128-fastestdet.yaml"), Samples), ["Concat_264"]);
        yield return ("yolox_nano", SharedSuite.Read(SharedSuite.YoloxNano, Samples), ["Concat_331", "Concat_364", "Concat_397", "Concat_422"]);
    }
}
