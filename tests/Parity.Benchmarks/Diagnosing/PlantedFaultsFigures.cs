using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Parity.Core;

namespace Parity.Benchmarks.Diagnosing;

/// <summary>
/// Recall of the rules on faults planted at seeded places of sound models, the rank of the right place among all findings, and findings on the models as they are. Only
/// the held-out set counts; `--development` shows the set on which thresholds were chosen.
/// </summary>
internal static class PlantedFaultsFigures
{
    private const double Limit = 0.95;

    /// <param name="options">--development; --only TEXT: kinds whose name or rule holds it; --model NAME.</param>
    /// <returns>0 when recall and first rank are above 95 % and sound models have no likely or certain finding.</returns>
    public static int Print(TextWriter output, string[] options)
    {
        string Option(string name) => Array.IndexOf(options, name) is >= 0 and var i && i + 1 < options.Length ? options[i + 1] : "";
        bool development = options.Contains("--development");
        string folder = Directory.CreateTempSubdirectory("parity-planted-").FullName;
        long start = Stopwatch.GetTimestamp();
        ImmutableArray<Plant> plants = [.. Plants.All.Where(p => p.Kind.Contains(Option("--only"), StringComparison.Ordinal) || p.Rule == Option("--only"))];
        output.WriteLine($"{(development ? "development set: thresholds were chosen on it" : "held-out set: thresholds were frozen before it was first run")}; {PlantedModels.Places} seeded places a kind and model");
        var trials = new List<PlantedTrial>();
        int falseFindings = 0, hints = 0, sound = 0;
        foreach (PlantedModel model in (development ? PlantedModels.Development() : PlantedModels.HeldOut()).Where(m => m.Name.Contains(Option("--model"), StringComparison.Ordinal)))
        {
            foreach (string profile in plants.Select(p => p.Profile).Distinct())
            {
                var clean = new PlantedBase(model.Name, model.Suite, profile, Path.Combine(folder, $"{model.Name}-{profile}"), model.KeptFor(profile));
                ImmutableArray<Finding> own = clean.Diagnose(clean.Clean);
                string kept = model.KeptFor(profile) is { IsEmpty: false } k ? $" with {string.Join(", ", k)} in float" : "";
                output.WriteLine($"{model.Name} {profile}{kept}, as it is: {own.Count(f => f.Certainty != Certainty.Hint)} findings, {own.Count(f => f.Certainty == Certainty.Hint)} hints");
                foreach (Finding f in own)
                    output.WriteLine($"    {f.Certainty} {f.Rule} {f.Node}: {f.Saw}");
                sound++;
                falseFindings += own.Count(f => f.Certainty != Certainty.Hint);
                hints += own.Count(f => f.Certainty == Certainty.Hint);
                foreach (Plant plant in plants.Where(p => p.Profile == profile))
                    trials.AddRange(Try(output, plant, clean, own, model.Places(plant.Sites(clean), development), development ? int.MaxValue : PlantedModels.Places));
            }
        }
        Directory.Delete(folder, recursive: true);
        return Table(output, plants, trials, falseFindings, hints, sound, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static IEnumerable<PlantedTrial> Try(TextWriter output, Plant plant, PlantedBase clean, ImmutableArray<Finding> before, Func<Planted>[] sites, int most)
    {
        int tried = 0;
        foreach (Func<Planted> site in sites)
        {
            if (tried == most)
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
            var trial = new PlantedTrial(plant, clean.Model, findings.Any(f => f.Rule == plant.Rule && Here(f)), findings.Select((f, i) => (f, i)).Where(x => Here(x.f)).Select(x => x.i + 1).FirstOrDefault());
            if (!trial.Found || trial.Rank != 1)
            {
                output.WriteLine($"    {(trial.Found ? $"rank {trial.Rank}" : "MISSED")} {clean.Model} {clean.Profile.Name}, {plant.Kind} at {planted.Place}: here {string.Join(", ", findings.Where(Here).Select(f => $"{f.Rule} {f.Weight:G2}").DefaultIfEmpty("nothing"))};"
                    + $" first {string.Join(", ", findings.Take(3).Select(f => $"{f.Rule} {f.Weight:G2} at {f.Node}").DefaultIfEmpty("nothing"))}");
                output.Flush();
            }
            yield return trial;
        }
    }

    private static int Table(TextWriter output, ImmutableArray<Plant> plants, List<PlantedTrial> trials, int falseFindings, int hints, int sound, double seconds)
    {
        output.WriteLine();
        output.WriteLine("| kind | rule | planted | found | right place first |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (Plant plant in plants)
        {
            var own = trials.Where(r => r.Plant == plant).ToList();
            output.WriteLine($"| {plant.Kind} | {plant.Rule} | {own.Count} | {own.Count(r => r.Found)} | {own.Count(r => r.Rank == 1)} |");
        }
        foreach (var model in trials.GroupBy(t => t.Model))
            output.WriteLine($"| all of {model.Key} | | {model.Count()} | {model.Count(r => r.Found)} | {model.Count(r => r.Rank == 1)} |");
        double recall = (double)trials.Count(r => r.Found) / trials.Count, first = (double)trials.Count(r => r.Rank == 1) / trials.Count;
        bool met = recall > Limit && first > Limit && falseFindings == 0;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{plants.Length} kinds, {trials.Count} faults: recall {recall:P1}, right place first {first:P1} (aim above {Limit:P0}); {sound} sound models: {falseFindings} findings (aim 0), {hints} hints; {seconds:0} s: {(met ? "met" : "NOT MET")}"));
        return met ? 0 : 1;
    }

    /// <param name="Rank">Of the first finding at the right place, whichever rule's; 0 where there is none.</param>
    private sealed record PlantedTrial(Plant Plant, string Model, bool Found, int Rank);
}
