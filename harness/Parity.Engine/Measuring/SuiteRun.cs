using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Parity.Core;
using Parity.Engine.Runs;
using Parity.Engine.Suites;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Measuring;

/// <summary>The measuring half of `parity run`: suite in, run folder out. Touches runtimes and boards; judges nothing.</summary>
public sealed class SuiteRun(Suite suite, ImmutableArray<IBackend> backends, RunFolder folder, RunOptions options, IRunObserver observer)
{
    /// <summary>On which experiments are measured, beside the run itself.</summary>
    private const int ExperimentSamples = 100;

    private readonly Stopwatches _seconds = new();

    /// <exception cref="FaultException">The reference cannot run: its backend, model or dataset is at fault.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the journal holds what is finished.</exception>
    public RunRecord Run(CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        string started = options.Time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ");
        Directory.CreateDirectory(folder.Path);
        folder.ForgetConclusions();
        File.WriteAllText(folder.Suite, suite.Text);

        var preparation = new TargetPreparation(suite, backends, folder, _seconds, observer, options.Cache);
        IBackend backend = preparation.Backend(suite.ReferenceBackend);
        if (!backend.Availability.IsReady)
            throw new FaultException($"the reference cannot run: {backend.Availability.Reason}", backend.Name, backend.Availability.Remedy!);

        var open = new List<IDisposable>();
        try
        {
            T Keep<T>(T disposable) where T : IDisposable
            {
                open.Add(disposable);
                return disposable;
            }

            ISession reference = Keep(_seconds.Time("open", () => preparation.Open(backend, suite.ModelPath, optimize: true)));
            ImmutableArray<PreparedTarget> targets = [.. suite.Targets.Select(t => Keep(preparation.Prepare(t, stop)))];
            ImmutableArray<(string Variant, ISession Session)> floor = suite.NoiseFloor
                ? [.. NoiseFloor.Variants(suite).Select(v => (v.Variant, Keep(_seconds.Time("open", () => backend.Open(v.Request)))))]
                : [];
            return Measure(preparation, reference, targets, floor, started, start, stop);
        }
        finally
        {
            foreach (IDisposable session in open)
                session.Dispose();
        }
    }

    private RunRecord Measure(
        TargetPreparation preparation, ISession reference, ImmutableArray<PreparedTarget> targets, ImmutableArray<(string Variant, ISession Session)> floor,
        string started, long start, CancellationToken stop)
    {
        ModelRecord referenceModel = TargetModels.Describe(OnnxModel.Load(suite.ModelPath), suite.ModelPath);
        Measured measured;
        bool resume = options.Resume;
        while (true)
        {
            try
            {
                measured = MeasureSamples(referenceModel, reference, targets, floor, resume, stop);
                break;
            }
            catch (SessionLostException e)
            {
                targets = Without(e, referenceModel, reference, targets, floor);
                resume = true;
            }
        }
        (ImmutableArray<NamedSession> gated, ImmutableArray<NamedSession> sessions, ImmutableArray<SampleResult> results, int resumed, SampleLoop loop) = measured;

        var good = results.Where(r => r.Fault is null).ToImmutableArray();
        ImmutableArray<BadSample> bad = [.. results.Where(r => r.Fault is not null)
            .Select(r => new BadSample(suite.Dataset.Samples[r.Index].Id, suite.Dataset.Samples[r.Index].Name, r.Fault!))];
        // Tensors of probe samples go before the metrics come, so that they are never in memory together.
        ImmutableArray<int> probes = [.. good.Take(suite.ProbeSamples).Select(r => r.Index)];
        ImmutableArray<(ProbeRecord? Record, string? Failure)> probed = [.. targets.Select(t => t.Ready is { } ready
            ? _seconds.Time("probe", () => Probe(preparation, t.Request, ready, reference, probes, stop))
            : (null, null))];
        var outcomes = _seconds.Time("metrics", () => Outcomes(sessions, gated.Length, good, stop));
        WritePredictions(gated, good, outcomes);

        Evaluated referenceValues = outcomes[NamedSession.Reference].Values;
        ImmutableArray<NoiseFloorRecord>? floors = floor.IsEmpty
            ? null
            : [.. floor.Select(f => NoiseFloor.Record(f.Variant, f.Session, referenceValues, outcomes[NoiseFloor.SessionName(f.Variant)].Values, outcomes[NoiseFloor.SessionName(f.Variant)].EqualSamples))];
        ImmutableArray<TargetRecord> records = [.. targets.Select((t, i) => t.Ready is null
            ? TargetRecords.Absent(t)
            : TargetRecords.Of(t, reference, suite.Bootstrap.Confidence, outcomes, floors,
                new ShownImages(suite, folder, options.Codec).Of(reference, t.Ready.Session, t.Request.PostProcessing ?? suite.Task, referenceValues, outcomes[t.Request.Name].Values, stop),
                probed[i].Record, probed[i].Failure))];

        var timings = new TimingsRecord(started, loop.DecodeImages, loop.Preprocess, loop.RunSeconds, loop.DecodeOutputs,
            _seconds["metrics"], _seconds["lower"], _seconds["open"], _seconds["probe"],
            loop.Wall, Stopwatch.GetElapsedTime(start).TotalSeconds, results.Length - resumed, resumed,
            [.. targets.Where(t => t.Ready is { FromCache: true }).Select(t => t.Request.Name)]) { Command = options.Command };
        var run = new RunRecord(RunRecord.CurrentSchema, suite.Name, suite.Sha256, options.Tool, Machine.Describe(suite.Threads),
            new DatasetRecord(suite.Dataset.Name, suite.Dataset.Samples.Length, suite.Dataset.Sha256, bad),
            suite.Calibration is { } c ? new DatasetRecord(c.Name, c.Samples.Length, c.Sha256, []) : null,
            suite.Bootstrap,
            new ReferenceRecord(referenceModel, suite.ReferenceBackend, reference.Arithmetic, referenceValues.Measurements, referenceValues.Counts, floors) { Input = suite.Preprocessor.Contract },
            records, timings);
        var experiments = new ExperimentRun(suite, preparation, reference, outcomes, [.. good.Take(ExperimentSamples).Select(r => r.Index)], observer);
        run = run with { Targets = [.. records.Select((r, i) => experiments.Add(run, r, targets[i], stop))] };
        folder.Write(run);
        return run;
    }

    private Measured MeasureSamples(
        ModelRecord model, ISession reference, ImmutableArray<PreparedTarget> targets, ImmutableArray<(string Variant, ISession Session)> floor, bool resume, CancellationToken stop)
    {
        (ImmutableArray<NamedSession> gated, ImmutableArray<NamedSession> sessions) = Sessions(reference, targets, floor);
        using Journal journal = Journal.Open(folder.Journal, Key(model, targets), suite.Task, resume);
        var loop = new SampleLoop(suite, sessions, journal, observer);
        return new Measured(gated, sessions, loop.Run(stop), journal.Finished.Length, loop);
    }

    /// <summary>A target whose session is gone is not run; what the others have finished is kept in a journal of their own, so that they repeat nothing.</summary>
    /// <exception cref="FaultException">The session is the reference's: without it there is nothing to compare with.</exception>
    private ImmutableArray<PreparedTarget> Without(
        SessionLostException lost, ModelRecord model, ISession reference, ImmutableArray<PreparedTarget> targets, ImmutableArray<(string Variant, ISession Session)> floor)
    {
        PreparedTarget target = targets.FirstOrDefault(t => t.Request.Name == lost.Session || lost.Session.StartsWith(t.Request.Name + ".", StringComparison.Ordinal)) ?? throw lost.Fault;
        observer.Note($"target {target.Request.Name} is lost: {lost.Message}");
        ImmutableArray<NamedSession> before = Sessions(reference, targets, floor).All;
        ImmutableArray<PreparedTarget> others = targets.Replace(target, new PreparedTarget(target.Request, Availability.NotRun(
            $"it was lost while it ran: {string.Join("; ", lost.Fault.Faults.Select(f => $"{f.Where}: {f.What}"))}", string.Join(" ", lost.Fault.Faults.Select(f => f.Remedy).Distinct())), null));
        var kept = Sessions(reference, others, floor).All.Select(s => before.IndexOf(s)).ToImmutableArray();
        using Journal journal = Journal.Open(folder.Journal, Key(model, others), suite.Task, resume: false);
        foreach (SampleResult result in lost.Finished)
        {
            journal.Append(result.Fault is not null
                ? result
                : result with { Predictions = [.. kept.Select(s => result.Predictions[s])], EqualsReference = [.. kept.Select(s => result.EqualsReference[s])] });
        }
        return others;
    }

    private (ImmutableArray<NamedSession> Gated, ImmutableArray<NamedSession> All) Sessions(
        ISession reference, ImmutableArray<PreparedTarget> targets, ImmutableArray<(string Variant, ISession Session)> floor)
    {
        ImmutableArray<NamedSession> gated = [new(NamedSession.Reference, reference, suite.Task), .. targets.SelectMany(Sessions)];
        return (gated, [.. gated, .. floor.Select(f => new NamedSession(NoiseFloor.SessionName(f.Variant), f.Session, suite.Task))]);
    }

    private IEnumerable<NamedSession> Sessions(PreparedTarget target)
    {
        if (target.Ready is not { } ready)
            yield break;
        yield return new NamedSession(target.Request.Name, ready.Session, target.Request.PostProcessing ?? suite.Task);
        if (ready.Twin is { } twin)
            yield return new NamedSession(target.TwinName, twin.Session, suite.Task);
        foreach (NamedSession stage in Waterfall.Sessions(target, suite.Task))
            yield return stage;
    }

    /// <param name="gated">The first so many sessions are compared with intervals and need replicates.</param>
    private ImmutableDictionary<string, SessionOutcome> Outcomes(ImmutableArray<NamedSession> sessions, int gated, ImmutableArray<SampleResult> good, CancellationToken stop)
    {
        observer.Begin("metrics", sessions.Length);
        var outcomes = ImmutableDictionary.CreateBuilder<string, SessionOutcome>(StringComparer.Ordinal);
        for (int s = 0; s < sessions.Length; s++)
        {
            int session = s;
            Evaluated values = Evaluated.Of(suite.Task, [.. good.Select(r => r.Predictions[session])], s < gated ? suite.Bootstrap : null, stop);
            outcomes[sessions[s].Name] = new SessionOutcome(values, good.Length, good.Count(r => r.EqualsReference[session]));
            observer.Advance("metrics", s + 1);
        }
        return outcomes.ToImmutable();
    }

    /// <summary>Layers compare with the float model, or with the twin of a ready Q/DQ model, whose weights are its own.</summary>
    private (ProbeRecord? Record, string? Failure) Probe(TargetPreparation preparation, TargetRequest request, ReadyTarget ready, ISession reference, ImmutableArray<int> samples, CancellationToken stop)
    {
        if (samples.IsEmpty)
            return (null, null);
        var probe = new ProbeRun(ProbeInputs.Of(suite), preparation.Backend(suite.ReferenceBackend), preparation.Backend(request.Backend), observer);
        try
        {
            return (Run(), null);
        }
        catch (FaultException e)
        {
            // The metric stands without the layers; the record says why they are missing.
            observer.Note($"target {request.Name} was not probed: {e.Message}");
            return (null, $"not probed, so no layer was compared: {e.Message}");
        }

        ProbeRecord Run() => probe.Run(request.Name, ready.Twin?.Session ?? reference, ready.Twin?.Path ?? suite.ModelPath, ready.Session, ready.Path, request.Optimize, ready.Lowered,
            ready.Twin is null ? Isolation.WeightsApart : Isolation.Whole, samples, stop);
    }

    private void WritePredictions(ImmutableArray<NamedSession> sessions, ImmutableArray<SampleResult> good, ImmutableDictionary<string, SessionOutcome> outcomes)
    {
        for (int s = 0; s < sessions.Length; s++)
        {
            int session = s;
            RunFolder.WriteWhole(folder.Predictions(sessions[s].Name), stream =>
            {
                using var writer = new Utf8JsonWriter(stream);
                suite.Task.WriteResults(writer, good.Select(r => r.Predictions[session]));
            });
            RunFolder.WriteWhole(folder.Replicates(sessions[s].Name), stream => ReplicatesJson.Write(stream, outcomes[sessions[session].Name].Values));
        }
    }

    /// <summary>Everything a sample's result depends on.</summary>
    private string Key(ModelRecord reference, ImmutableArray<PreparedTarget> targets)
    {
        string parts = string.Join('\n', [options.Tool, suite.Sha256, suite.Dataset.Sha256, suite.Dataset.Samples.Length.ToString(), suite.Threads.ToString(),
            reference.Sha256, .. targets.Where(t => t.Ready is not null).Select(t => $"{t.Request.Name} {t.Request.Backend} {t.Request.Optimize} {t.Ready!.Model.Sha256}")]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts)));
    }

    private sealed record Measured(ImmutableArray<NamedSession> Gated, ImmutableArray<NamedSession> Sessions, ImmutableArray<SampleResult> Results, int Resumed, SampleLoop Loop);
}
