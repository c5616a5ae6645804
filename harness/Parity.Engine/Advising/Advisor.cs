using System.Collections.Immutable;
using System.Diagnostics;
using Parity.Core;
using Parity.Engine.Gating;
using Parity.Engine.Measuring;
using Parity.Engine.Runs;
using Parity.Engine.Suites;
using Parity.Lowering;

namespace Parity.Engine.Advising;

/// <summary>`parity advise`: which layers a target loses its points in, the cheapest plan that brings them back, other remedies beside it, and a full run that confirms or refutes the plan.</summary>
/// <param name="suite">With the one target.</param>
/// <param name="position">Of the target in the suite file's list.</param>
/// <param name="read">Binds a suite's text as the command line bound <paramref name="suite"/>.</param>
/// <param name="folder">For advice.json, the suite with the plan, and the verifying run.</param>
public sealed class Advisor(Suite suite, int position, Func<string, Suite> read, ImmutableArray<IBackend> backends, string folder, RunOptions options, IRunObserver observer)
{
    public const int Probes = 16;

    /// <summary>Samples that a search takes where nothing else is said, but never more than a third of the dataset: most are for the verification.</summary>
    public const int UsualSamples = 128;

    private string Searching => Path.Combine(folder, "search");

    /// <param name="samples">Of the search; null for the usual number.</param>
    /// <exception cref="FaultException">The target or the reference cannot run, or too few samples.</exception>
    /// <param name="withRemedies">False leaves the table of other remedies empty: a calibration for each takes its time.</param>
    public AdviceRecord Run(int? samples, bool withRemedies, CancellationToken stop)
    {
        int searched = samples ?? Math.Min(UsualSamples, suite.Dataset.Samples.Length / 3);
        if (searched < 2 || suite.Dataset.Samples.Length - searched < 2)
            throw new FaultException($"{suite.Dataset.Samples.Length} samples cannot be parted into {searched} to search on and others to verify on", suite.Dataset.Name, "Give a larger dataset, or fewer samples by --samples.");
        Directory.CreateDirectory(folder);
        TimeSpan before = Cpu();
        using LayerSwitches switches = LayerSwitches.Open(suite, backends, Math.Min(Probes, searched), searched, Searching, observer, stop);
        TimeSpan prepared = Cpu();
        observer.Note(FormattableString.Invariant($"prepared in {(prepared - before).TotalSeconds:0.0} s of CPU"));
        Goal goal = Goal.Of(suite.Policy, suite.Targets[0].Name, switches.Trials.Headline);
        Sensitivities sensitivities = Sensitivities.Of(switches, goal.Metric, observer);
        LayerChoice? choice = new PlanSearch(switches, goal, observer).Find(sensitivities.Layers);
        var search = new SearchRecord(switches.Trials.Probes, switches.Trials.Samples, goal.Metric, goal.Text, switches.Trials.Models,
            sensitivities.OnlyThis, sensitivities.AllButThis, Math.Round((Cpu() - prepared).TotalSeconds, 1));
        ImmutableArray<RemedyRecord> remedies = withRemedies ? new Remedies(switches, goal.Metric, observer).Compare(choice, sensitivities.Layers, stop) : [];
        PlanRecord? plan = choice is null ? null : Plan(switches, choice);
        var advice = new AdviceRecord(AdviceRecord.CurrentSchema, suite.Name, suite.Sha256, suite.Targets[0].Name, search, sensitivities.Layers, plan, remedies, null);
        // What was found outlives a verification that fails.
        AdviceFiles.Write(folder, advice);
        if (plan is null)
            return advice;
        advice = advice with { Verification = Verify(switches, plan, goal.Metric, stop) };
        AdviceFiles.Write(folder, advice);
        return advice;
    }

    private static PlanRecord Plan(LayerSwitches switches, LayerChoice choice) =>
        switches.Patterns(choice.Float, choice.Half, choice.Int16) with { KeptFloat = switches.With(choice.Float, choice.Half, choice.Int16).KeptFloat };

    private VerificationRecord Verify(LayerSwitches switches, PlanRecord plan, string metric, CancellationToken stop)
    {
        string text = SuiteEdit.Write(suite.Text, position, plan);
        RunFolder.WriteWhole(AdviceFiles.Suite(folder), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
        // The suite names its chip by a file that lies beside it.
        if (suite.Targets[0].Chip is { } chip && !Path.IsPathRooted(chip.Name) && Path.Combine(folder, chip.Name) is var beside)
            RunFolder.WriteWhole(beside, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(chip.Text)));
        // What is verified is what was written, read back.
        Suite planned = read(text);
        TargetRequest asIs = suite.Targets[0] with { Name = $"{suite.Targets[0].Name}.as-is", Waterfall = false }, target = planned.Targets[0] with { Waterfall = false };
        Suite unseen = planned with { Dataset = switches.Unseen, Targets = [asIs, target], ProbeSamples = 0, WorstSamples = 0, NoiseFloor = false };
        RunRecord run = new SuiteRun(unseen, backends, new RunFolder(Path.Combine(folder, "verification")), options, observer).Run(stop);
        VerdictRecord verdict = Judge.Decide(run with { Targets = [run.Targets[1]] }, suite.Policy);
        return new VerificationRecord(run.Dataset.Count - run.Dataset.Bad.Length, switches.Trials.Samples, suite.Calibration?.Samples.Length ?? 0,
            Drop(run.Targets[0]), Drop(run.Targets[1]), run.Targets[1].QuantizedMacShare, verdict.Verdict, verdict.Clauses);

        DropRecord Drop(TargetRecord record) => record.Drops.FirstOrDefault(d => d.Name == metric)
            ?? throw new FaultException($"{record.Name} could not be verified: {record.Availability.Reason ?? $"it has no {metric}"}", "verification", record.Availability.Remedy ?? "See the run in the folder.");
    }

    private static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
