using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Parity.Core;
using Parity.Engine.Runs;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Measuring;

/// <summary>The measuring half of `parity compare`: two models in, a run folder without metric and verdict out.</summary>
public sealed class ModelComparison(ComparisonRequest request, RunFolder folder, RunOptions options, IRunObserver observer)
{
    /// <summary>The profile of a target of which only the model is known.</summary>
    public const string AsGiven = "as given";

    private readonly Stopwatches _seconds = new();

    /// <exception cref="FaultException">A model cannot be read or run, or no layer of the one was found in the other.</exception>
    public RunRecord Run(CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        string started = options.Time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ");
        foreach (IBackend backend in new[] { request.ReferenceBackend, request.TargetBackend })
            if (!backend.Availability.IsReady)
                throw new FaultException($"{backend.Name} cannot run: {backend.Availability.Reason}", backend.Name, backend.Availability.Remedy!);
        Directory.CreateDirectory(folder.Path);
        folder.ForgetConclusions();
        File.WriteAllText(folder.Suite, request.Description);

        OnnxModel reference = OnnxModel.Load(request.ReferencePath);
        using ISession referenceSession = _seconds.Time("open", () => Open(request.ReferenceBackend, request.ReferencePath));
        using ISession targetSession = _seconds.Time("open", () => Open(request.TargetBackend, request.TargetPath ?? ""));
        string home = folder.Target(request.Name);
        (LoweringResult lowered, string path) = _seconds.Time("lower", () => Paired(reference, targetSession, home));
        if (lowered.Map.Rows.IsEmpty)
        {
            throw new FaultException("no layer of the float model was found in the target", request.TargetPath ?? request.TargetBackend.Name,
                $"Compare models of one network. Of the first tensors: {string.Join("; ", lowered.Map.Unmatched.Take(3).Select(u => $"{u.Tensor}: {u.Reason}"))}.");
        }
        var probe = new ProbeRun(ProbeInputs.WholePictures(request.Dataset, request.Preprocessor, request.Threads), request.ReferenceBackend, request.TargetBackend, observer);
        ProbeRecord layers = _seconds.Time("probe", () => probe.Run(request.Name, referenceSession, request.ReferencePath, targetSession, path, optimize: true, lowered,
            request.TargetPath is null ? Isolation.None : Isolation.WeightsApart, [.. Enumerable.Range(0, request.Dataset.Samples.Length)], stop));

        RunRecord run = Record(reference, referenceSession, targetSession, lowered, layers, started, Stopwatch.GetElapsedTime(start).TotalSeconds);
        folder.Write(run);
        return run;
    }

    private (LoweringResult Lowered, string Path) Paired(OnnxModel reference, ISession target, string home)
    {
        observer.Begin("match layers", 0);
        ImmutableArray<string> inputs = [.. reference.Graph.Inputs.Select(i => i.Name)];
        Directory.CreateDirectory(home);
        if (request.TargetPath is not { } file)
        {
            (LayerMap map, ImmutableArray<string> said) = RecordedTensors.Map(reference, target.Outputs, new PairValues(request, "", inputs, recorded: true).Of);
            RunFolder.WriteLayers(home, map);
            return (new LoweringResult(reference, map, [], new CostRecord(null, null, []), [], said), "");
        }
        ModelPair pair = ModelPair.Of(reference, OnnxModel.Load(file));
        string path = Path.Combine(home, "model.onnx");
        pair.Target.Save(path);
        (ModelPair found, ImmutableArray<string> notes) = PairCheck.Of(pair, new PairValues(request, path, inputs, recorded: false).Of);
        LoweringResult lowered = found.ToLowering(notes);
        RunFolder.WriteLayers(home, lowered.Map);
        return (lowered, path);
    }

    private ISession Open(IBackend backend, string path) => backend.Open(new SessionRequest(path, request.Preprocessor.Contract, [], Optimize: true, request.Threads));

    private RunRecord Record(OnnxModel reference, ISession referenceSession, ISession targetSession, LoweringResult lowered, ProbeRecord layers, string started, double seconds)
    {
        ImmutableArray<Divergence> outputs = [.. layers.Layers.Where(l => reference.Graph.IsOutput(l.Reference))];
        ModelRecord? model = request.TargetPath is { } file ? TargetModels.Describe(OnnxModel.Load(file), file) : null;
        var target = new TargetRecord(request.Name, AsGiven, request.TargetBackend.Name, Availability.Ready, model, targetSession.Arithmetic, new PlanRecord("as shipped", [], []),
            lowered.QuantizedMacShare, outputs.Length > 0 && outputs.All(o => o.Images > 0 && o.ExactImages == o.Images), [], [], ImmutableSortedDictionary<string, long>.Empty,
            WeightExtents.AddTo(lowered.Qdq, lowered.Model), [], [Summary(lowered), .. lowered.Notes], layers);
        var none = ImmutableSortedDictionary<string, double>.Empty;
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.Description)));
        return new RunRecord(RunRecord.CurrentSchema, $"{Path.GetFileName(request.ReferencePath)} and {request.Name}", sha256, options.Tool, Machine.Describe(request.Threads),
            new DatasetRecord(request.Dataset.Name, request.Dataset.Samples.Length, request.Dataset.Sha256, []), null, new BootstrapRecord(0, 0, 0.95),
            new ReferenceRecord(TargetModels.Describe(reference, request.ReferencePath), request.ReferenceBackend.Name, referenceSession.Arithmetic, [], ImmutableSortedDictionary<string, long>.Empty),
            [target], new TimingsRecord(started, 0, 0, none, 0, 0, _seconds["lower"], _seconds["open"], _seconds["probe"], 0, seconds, request.Dataset.Samples.Length, 0))
        { LayersOnly = true };
    }

    private static string Summary(LoweringResult lowered) => FormattableString.Invariant(
        $"{lowered.Map.Rows.Length} of {lowered.Map.Rows.Length + lowered.Map.Unmatched.Length} tensors of the float model were found in the target, by structure and values; the others are listed with their reasons");
}
