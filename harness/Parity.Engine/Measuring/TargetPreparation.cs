using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Runs;
using Parity.Engine.Suites;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Measuring;

/// <summary>Lowers a suite's targets and opens their sessions. A target that cannot be prepared is not run, with the reason; the others go on.</summary>
public sealed class TargetPreparation(Suite suite, ImmutableArray<IBackend> backends, RunFolder folder, Stopwatches seconds, IRunObserver observer, PreparedCache? cache)
{
    public PreparedTarget Prepare(TargetRequest request, CancellationToken stop)
    {
        IBackend backend = Backend(request.Backend);
        if (!backend.Availability.IsReady)
            return new PreparedTarget(request, backend.Availability, null);
        observer.Begin($"lower {request.Name}", 0);
        try
        {
            string home = folder.Target(request.Name);
            (LoweringResult lowered, string path, bool cached) = seconds.Time("lower", () => TargetModels.Prepare(suite, request, Backend(suite.ReferenceBackend), home, cache, observer, stop));
            ISession session = seconds.Time("open", () => Open(backend, path, request.Optimize));
            (ISession, string)? twin = null;
            if (request.ReadyModel is not null)
            {
                string twinPath = Path.Combine(home, "twin.onnx");
                FloatTwin.Of(lowered.Model).Save(twinPath);
                twin = (seconds.Time("open", () => Open(Backend(suite.ReferenceBackend), twinPath, optimize: true)), twinPath);
            }
            var ready = new ReadyTarget(session, path, lowered, TargetModels.Describe(lowered.Model, path), twin, cached);
            return new PreparedTarget(request, Availability.Ready, seconds.Time("open", () => Waterfall.Open(ready, request, home, (file, optimize) => Open(Backend(suite.ReferenceBackend), file, optimize))));
        }
        catch (FaultException e)
        {
            observer.Note($"target {request.Name}: {e.Message}");
            return new PreparedTarget(request, Availability.NotRun(
                string.Join("; ", e.Faults.Select(f => $"{f.Where}: {f.What}")), string.Join(" ", e.Faults.Select(f => f.Remedy).Distinct())), null);
        }
    }

    /// <summary>The target rewritten and calibrated once, whose layers can be switched.</summary>
    /// <param name="home">For models of the moment, also while layers are switched.</param>
    /// <exception cref="FaultException">As <see cref="Lowerer.Prepare"/>; also a ready model.</exception>
    public PreparedModel Switchable(TargetRequest request, string home, CancellationToken stop)
    {
        if (request.ReadyModel is not null)
            throw new FaultException("a ready model is taken as it is", $"target {request.Name}", "Take its Q/DQ out where the finding says, and run again.");
        return Lowerer.Prepare(OnnxModel.Load(suite.ModelPath), TargetModels.Plan(request),
            (model, taps) => TargetModels.Activations(model, taps, suite.Calibration, suite.Preprocessor, suite.CalibrationRegions, Backend(suite.ReferenceBackend), suite.Threads, home, observer, stop));
    }

    /// <summary>Opens a model and checks that the suite's task can decode it.</summary>
    /// <exception cref="FaultException">The model cannot be loaded, fed or decoded.</exception>
    public ISession Open(IBackend backend, string modelPath, bool optimize)
    {
        ISession session = backend.Open(new SessionRequest(modelPath, suite.Preprocessor.Contract, [], optimize, suite.Threads));
        var faults = new FaultList();
        suite.Task.CheckOutputs(session.Outputs, modelPath, faults);
        if (faults.Count > 0)
            session.Dispose();
        faults.ThrowIfAny();
        return session;
    }

    public IBackend Backend(string name) => BackendNames.Find(backends, name, "backend");
}
