using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Measuring;
using Parity.Engine.Suites;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Advising;

/// <summary>A target that was prepared once and whose layers are switched to and fro, each setting tried on the same few samples. Settings that were tried are remembered.</summary>
public sealed class LayerSwitches : IDisposable
{
    private readonly ISession _reference;
    private readonly Dictionary<string, double> _errors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<DropRecord>> _drops = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double?> _costs = new(StringComparer.Ordinal);
    private Evaluated? _asIs;

    private LayerSwitches(ISession reference, PreparedModel prepared, Trials trials, TargetRequest request, LoweringPlan plan, OnnxModel model, ActivationStream activations, DatasetPart unseen)
    {
        (_reference, Prepared, Trials, Request, Plan, Model, Activations, Unseen) = (reference, prepared, trials, request, plan, model, activations, unseen);
        Layers = prepared.Layers;
        All = [.. Enumerable.Range(0, Layers.Length)];
    }

    public PreparedModel Prepared { get; }

    public Trials Trials { get; }

    public TargetRequest Request { get; }

    /// <summary>Of the target, its weights rounded to nearest.</summary>
    public LoweringPlan Plan { get; }

    /// <summary>The float model.</summary>
    public OnnxModel Model { get; }

    public ActivationStream Activations { get; }

    /// <summary>Samples that no trial uses.</summary>
    public DatasetPart Unseen { get; }

    public ImmutableArray<SwitchableLayer> Layers { get; }

    public ImmutableSortedSet<int> All { get; }

    /// <param name="suite">With one target.</param>
    /// <param name="samples">The first so many of the dataset are tried on.</param>
    /// <exception cref="FaultException">The target cannot run here, is a ready model, or quantizes nothing; too few samples.</exception>
    public static LayerSwitches Open(Suite suite, ImmutableArray<IBackend> backends, int probes, int samples, string folder, IRunObserver observer, CancellationToken stop)
    {
        TargetRequest request = suite.Targets.Single();
        if (request.ReadyModel is not null)
            throw new FaultException($"target {request.Name} is a ready Q/DQ model, whose layers cannot be switched", request.ReadyModel, "Choose a target that is lowered from the suite's float model.");
        IBackend backend = Ready(request.Backend), own = Ready(suite.ReferenceBackend);
        var (searched, unseen) = DatasetPart.Split(suite.Dataset, samples);
        OnnxModel model = OnnxModel.Load(suite.ModelPath);
        LoweringPlan plan = TargetModels.Plan(request);
        if (plan.Options.AdaRound is not null)
        {
            observer.Note("layers are switched with weights rounded to nearest: AdaRound would be repeated for every choice");
            plan = plan with { Options = plan.Options with { AdaRound = null } };
        }
        ActivationStream activations = (tapped, taps) => TargetModels.Activations(tapped, taps, suite.Calibration, suite.Preprocessor, suite.CalibrationRegions, own, suite.Threads, folder, observer, stop);
        PreparedModel prepared = Lowerer.Prepare(model, plan, activations);
        ISession reference = OpenOn(own, suite.ModelPath, true);
        try
        {
            var trials = new Trials(suite, request, reference, searched, probes, path => OpenOn(backend, path, request.Optimize), folder, observer, stop);
            return new LayerSwitches(reference, prepared, trials, request, plan, model, activations, unseen);
        }
        catch
        {
            reference.Dispose();
            throw;
        }

        IBackend Ready(string name) => BackendNames.Find(backends, name, "backend") is { Availability: var availability } found && availability.IsReady
            ? found : throw new FaultException($"{name} is not available: {BackendNames.Find(backends, name, "backend").Availability.Reason}", name, BackendNames.Find(backends, name, "backend").Availability.Remedy!);

        ISession OpenOn(IBackend on, string path, bool optimize) => on.Open(new SessionRequest(path, suite.Preprocessor.Contract, [], optimize, suite.Threads));
    }

    /// <summary>How far the outputs are from float's with these layers in float, beside those of the target's own plan.</summary>
    public double Error(ImmutableSortedSet<int> inFloat) => Remembered(_errors, inFloat, [], [], Trials.Error);

    /// <summary>What every measurement loses with these layers in other precisions.</summary>
    public ImmutableArray<DropRecord> Drops(ImmutableSortedSet<int> inFloat, ImmutableSortedSet<int> inHalf, ImmutableSortedSet<int> inInt16) =>
        Remembered(_drops, inFloat, inHalf, inInt16, model => Trials.Evaluate(model) is { } evaluated ? Trials.Drops(evaluated) : []);

    public ImmutableArray<DropRecord> Drops(ImmutableSortedSet<int> inFloat) => Drops(inFloat, [], []);

    /// <summary>What every measurement wins over the target as it is, as negative drops with their own, paired, standard errors; empty without a value.</summary>
    public ImmutableArray<DropRecord> Gains(ImmutableSortedSet<int> inFloat) => (_asIs ??= Trials.Evaluate(With([], [], []).Model)) is { } before
        && Trials.Evaluate(With(inFloat, [], []).Model) is { } after ? Trials.Drops(before, after) : [];

    /// <summary>Of the whole model against all of it in the target's format, with these layers in float; null where not known.</summary>
    public double? Cost(ImmutableSortedSet<int> inFloat)
    {
        // Most sets were tried already.
        if (!_costs.TryGetValue(Key(inFloat, [], []), out double? cost))
            _costs[Key(inFloat, [], [])] = cost = With(inFloat, [], []).Cost.Relative;
        return cost;
    }

    public LoweringResult With(ImmutableSortedSet<int> inFloat, ImmutableSortedSet<int> inHalf, ImmutableSortedSet<int> inInt16)
    {
        PlanRecord plan = Patterns(inFloat, inHalf, inInt16);
        return Prepared.With(plan.KeepFloat, plan.Float16, plan.Int16);
    }

    /// <summary>The target's plan with these layers besides.</summary>
    public PlanRecord Patterns(ImmutableSortedSet<int> inFloat, ImmutableSortedSet<int> inHalf, ImmutableSortedSet<int> inInt16) =>
        new(Request.Calibrator, Joined(Request.KeepFloat, inFloat), []) { Float16 = Joined(Request.Float16, inHalf), Int16 = Joined(Request.Int16, inInt16) };

    public void Dispose() => _reference.Dispose();

    private ImmutableArray<string> Joined(ImmutableArray<string> patterns, ImmutableSortedSet<int> layers) => [.. patterns.Concat(layers.Select(l => Layers[l].Name)).Distinct(StringComparer.Ordinal)];

    private T Remembered<T>(Dictionary<string, T> known, ImmutableSortedSet<int> inFloat, ImmutableSortedSet<int> inHalf, ImmutableSortedSet<int> inInt16, Func<OnnxModel, T> measure)
    {
        string key = Key(inFloat, inHalf, inInt16);
        if (!known.TryGetValue(key, out T? value))
        {
            LoweringResult lowered = With(inFloat, inHalf, inInt16);
            _costs[key] = lowered.Cost.Relative;
            known[key] = value = measure(lowered.Model);
        }
        return value;
    }

    private static string Key(ImmutableSortedSet<int> inFloat, ImmutableSortedSet<int> inHalf, ImmutableSortedSet<int> inInt16) =>
        $"{string.Join(',', inFloat)};{string.Join(',', inHalf)};{string.Join(',', inInt16)}";
}
