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
    private readonly Dictionary<string, double> _seconds = [];

    /// <exception cref="FaultException">The reference cannot run: its backend, model or dataset is at fault.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the journal holds what is finished.</exception>
    public RunRecord Run(CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        string started = options.Time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ");
        Directory.CreateDirectory(folder.Path);
        folder.ForgetConclusions();
        File.WriteAllText(folder.Suite, suite.Text);

        IBackend backend = BackendOf(suite.ReferenceBackend);
        if (!backend.Availability.IsReady)
            throw new FaultException($"the reference cannot run: {backend.Availability.Reason}", backend.Name, backend.Availability.Remedy!);
        using ISession reference = Timed("open", () => Open(backend, suite.ModelPath, optimize: true));
        ImmutableArray<PreparedTarget> targets = [.. suite.Targets.Select(t => Prepare(t, backend, stop))];
        try
        {
            return Measure(reference, targets, started, start, stop);
        }
        finally
        {
            foreach (PreparedTarget target in targets)
                target.Session?.Dispose();
        }
    }

    private RunRecord Measure(ISession reference, ImmutableArray<PreparedTarget> targets, string started, long start, CancellationToken stop)
    {
        var ready = targets.Where(t => t.Session is not null).ToImmutableArray();
        ImmutableArray<NamedSession> sessions = [new(NamedSession.Reference, reference), .. ready.Select(t => new NamedSession(t.Request.Name, t.Session!))];
        OnnxModel referenceModel = OnnxModel.Load(suite.ModelPath);
        ModelRecord referenceRecord = TargetModels.Describe(referenceModel, suite.ModelPath);
        string key = Key(referenceRecord, ready);
        using Journal journal = Journal.Open(folder.Journal, key, suite.Task, options.Resume);
        var loop = new SampleLoop(suite, sessions, journal, observer);
        ImmutableArray<SampleResult> results = loop.Run(stop);

        var good = results.Where(r => r.Fault is null).ToImmutableArray();
        ImmutableArray<BadSample> bad = [.. results.Where(r => r.Fault is not null)
            .Select(r => new BadSample(suite.Dataset.Samples[r.Index].Id, suite.Dataset.Samples[r.Index].Name, r.Fault!))];
        observer.Begin("metrics", sessions.Length);
        ImmutableArray<Evaluated> evaluated = Timed("metrics", () => sessions.Select((s, i) =>
        {
            var value = Evaluated.Of(suite.Task, [.. good.Select(r => r.Predictions[i])], suite.Bootstrap, stop);
            observer.Advance("metrics", i + 1);
            return value;
        }).ToImmutableArray());

        WritePredictions(sessions, good, evaluated);
        var images = new ShownImages(suite, folder, options.Codec);
        var records = ImmutableArray.CreateBuilder<TargetRecord>();
        foreach (PreparedTarget target in targets)
        {
            int index = target.Session is null ? -1 : 1 + ready.IndexOf(target);
            records.Add(index < 0
                ? Absent(target)
                : Record(target, evaluated[0], evaluated[index], good.Length > 0 && good.All(r => r.EqualsReference[index]),
                    images.Of(reference, target.Session!, evaluated[0], evaluated[index], stop),
                    Timed("probe", () => Probe(target, reference, [.. good.Take(suite.ProbeSamples).Select(r => r.Index)], stop))));
        }

        var timings = new TimingsRecord(started, loop.DecodeImages, loop.Preprocess, loop.RunSeconds, loop.DecodeOutputs,
            _seconds.GetValueOrDefault("metrics"), _seconds.GetValueOrDefault("lower"), _seconds.GetValueOrDefault("open"), _seconds.GetValueOrDefault("probe"),
            loop.Wall, Stopwatch.GetElapsedTime(start).TotalSeconds, results.Length - journal.Finished.Length, journal.Finished.Length);
        var run = new RunRecord(RunRecord.CurrentSchema, suite.Name, suite.Sha256, options.Tool, Machine.Describe(suite.Threads),
            new DatasetRecord(suite.Dataset.Name, suite.Dataset.Samples.Length, suite.Dataset.Sha256, bad),
            suite.Calibration is { } c ? new DatasetRecord(c.Name, c.Samples.Length, c.Sha256, []) : null,
            suite.Bootstrap,
            new ReferenceRecord(referenceRecord, suite.ReferenceBackend, reference.Arithmetic, evaluated[0].Measurements, evaluated[0].Counts),
            records.ToImmutable(), timings);
        folder.Write(run);
        return run;
    }

    /// <summary>A target that cannot be prepared or opened is recorded as not run, with the reason; the others go on.</summary>
    private PreparedTarget Prepare(TargetRequest request, IBackend referenceBackend, CancellationToken stop)
    {
        IBackend backend = BackendOf(request.Backend);
        if (!backend.Availability.IsReady)
            return new PreparedTarget(request, backend.Availability, null, null, null, null);
        observer.Begin($"lower {request.Name}", 0);
        try
        {
            (LoweringResult result, string path) = Timed("lower", () => TargetModels.Prepare(suite, request, referenceBackend, folder.Target(request.Name), observer, stop));
            ISession session = Timed("open", () => Open(backend, path, request.Optimize));
            return new PreparedTarget(request, Availability.Ready, session, result, TargetModels.Describe(result.Model, path), path);
        }
        catch (FaultException e)
        {
            observer.Note($"target {request.Name}: {e.Message}");
            return new PreparedTarget(request, Availability.NotRun(string.Join("; ", e.Faults.Select(f => $"{f.Where}: {f.What}")), string.Join(" ", e.Faults.Select(f => f.Remedy).Distinct())), null, null, null, null);
        }
    }

    private ISession Open(IBackend backend, string modelPath, bool optimize)
    {
        ISession session = backend.Open(new SessionRequest(modelPath, suite.Preprocessor.Contract, [], optimize, suite.Threads));
        var faults = new FaultList();
        suite.Task.CheckOutputs(session.Outputs, modelPath, faults);
        if (faults.Count > 0)
            session.Dispose();
        faults.ThrowIfAny();
        return session;
    }

    /// <summary>Layers compare with the float model, or with the twin of a ready Q/DQ model, whose weights are its own.</summary>
    private ProbeRecord? Probe(PreparedTarget target, ISession reference, ImmutableArray<int> samples, CancellationToken stop)
    {
        if (samples.IsEmpty)
            return null;
        var probe = new ProbeRun(suite, BackendOf(suite.ReferenceBackend), BackendOf(target.Request.Backend), observer);
        string referencePath = suite.ModelPath;
        if (target.Request.ReadyModel is not null)
        {
            referencePath = Path.Combine(folder.Target(target.Request.Name), "twin.onnx");
            FloatTwin.Of(target.Lowered!.Model).Save(referencePath);
        }
        return probe.Run(target.Request.Name, target.Request.ReadyModel is null ? reference : null, referencePath, target.Session!, target.Path!, target.Request.Optimize, target.Lowered!, samples, stop);
    }

    private TargetRecord Record(PreparedTarget target, Evaluated reference, Evaluated values, bool equal, ImmutableArray<ImageRecord> images, ProbeRecord? probe)
    {
        TargetRequest request = target.Request;
        LoweringResult lowered = target.Lowered!;
        string calibrator = request.ReadyModel is not null ? "as shipped" : request.Calibrator == "percentile" ? FormattableString.Invariant($"percentile {request.Percentile}") : request.Calibrator;
        return new TargetRecord(request.Name, request.Profile, request.Backend, target.Availability, target.Model, target.Session!.Arithmetic,
            new PlanRecord(calibrator, request.KeepFloat, lowered.KeptFloat), lowered.QuantizedMacShare, equal,
            values.Measurements, reference.Drops(values, suite.Bootstrap.Confidence), values.Counts, lowered.Qdq, images, lowered.Notes, probe);
    }

    private static TargetRecord Absent(PreparedTarget target) => new(
        target.Request.Name, target.Request.Profile, target.Request.Backend, target.Availability, null, null, null, null, false,
        [], [], ImmutableSortedDictionary<string, long>.Empty, [], [], [], null);

    private void WritePredictions(ImmutableArray<NamedSession> sessions, ImmutableArray<SampleResult> good, ImmutableArray<Evaluated> evaluated)
    {
        for (int s = 0; s < sessions.Length; s++)
        {
            int session = s;
            RunFolder.WriteWhole(folder.Predictions(sessions[s].Name), stream =>
            {
                using var writer = new Utf8JsonWriter(stream);
                suite.Task.WriteResults(writer, good.Select(r => r.Predictions[session]));
            });
            RunFolder.WriteWhole(folder.Replicates(sessions[s].Name), stream => ReplicatesJson.Write(stream, evaluated[session]));
        }
    }

    /// <summary>Everything a sample's result depends on.</summary>
    private string Key(ModelRecord reference, ImmutableArray<PreparedTarget> ready)
    {
        string parts = string.Join('\n', [options.Tool, suite.Sha256, suite.Dataset.Sha256, suite.Dataset.Samples.Length.ToString(), suite.Threads.ToString(),
            reference.Sha256, .. ready.Select(t => $"{t.Request.Name} {t.Request.Backend} {t.Request.Optimize} {t.Model!.Sha256}")]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts)));
    }

    private IBackend BackendOf(string name) => backends.First(b => b.Name == name);

    private T Timed<T>(string part, Func<T> body)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            return body();
        }
        finally
        {
            _seconds[part] = _seconds.GetValueOrDefault(part) + Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    private sealed record PreparedTarget(TargetRequest Request, Availability Availability, ISession? Session, LoweringResult? Lowered, ModelRecord? Model, string? Path);
}
