using System.Collections.Immutable;
using Parity.Benchmarks.Running;
using Parity.Cli;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Engine.Measuring;
using Parity.Engine.Suites;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Benchmarks.Diagnosing;

/// <summary>A sound model lowered for one target, into which faults are planted, and what the rules say of it or of a damaged copy.</summary>
internal sealed class PlantedBase
{
    private const int CalibrationSamples = 16;
    private readonly Suite _suite;
    private readonly string _folder;
    private readonly IBackend _backend = Composition.Backends[0];

    public PlantedBase(string model, Suite suite, string profile, string folder, params ImmutableArray<string> keepFloat)
    {
        (Model, _folder, KeepFloat) = (model, folder, keepFloat);
        _suite = suite with { Calibration = suite.Calibration!.Take(CalibrationSamples), Threads = 1 };
        Profile = TargetProfiles.Named(profile, "benchmark");
        Directory.CreateDirectory(folder);
        Float = OnnxModel.Load(suite.ModelPath);
        Shapes = ShapeInference.Of(Float, Float.Graph.Inputs.Where(i => i.Shape is [-1, ..]).ToDictionary(i => i.Name, i => i.Shape!.Value.SetItem(0, 1)));
        Lowered = Lower(Float);
        Clean = Case(new Planted(Lowered, Float, null));
    }

    public string Model { get; }

    public TargetProfile Profile { get; }

    public OnnxModel Float { get; }

    public LoweringResult Lowered { get; }

    public TargetCase Clean { get; }

    /// <summary>Of the float model, fed one picture.</summary>
    public InferredShapes Shapes { get; }

    public ImmutableArray<SeenQuantizer> Quantizers => SeenQuantizer.Of(Clean);

    /// <summary>Operators that the sound plan keeps in float.</summary>
    public ImmutableArray<string> KeepFloat { get; }

    /// <param name="gain">Of the calibration inputs: other than 1 is another set of images.</param>
    /// <param name="keepFloat">In place of the sound plan's.</param>
    public LoweringResult Lower(OnnxModel model, float gain = 1, ImmutableArray<string>? keepFloat = null) => Lowerer.Lower(
        model, new LoweringPlan(Profile, Calibrators.MinMax, 99.99, keepFloat ?? KeepFloat), (streamed, taps) => Stream(streamed, taps, gain));

    /// <summary>The probe code of a run on the first samples, and what a run would record of it.</summary>
    public TargetCase Case(Planted planted)
    {
        string reference = Path.Combine(_folder, "reference.onnx"), target = Path.Combine(_folder, "model.onnx");
        planted.Reference.Save(reference);
        planted.Lowered.Model.Save(target);
        ProbeRecord probe;
        using (ISession open = Open(reference))
        using (ISession quantized = Open(target))
        {
            probe = new ProbeRun(ProbeInputs.Of(_suite), _backend, _backend, new Silent()).Run(Profile.Name, open, reference, quantized, target, false, planted.Lowered,
                Isolation.WeightsApart, [.. Enumerable.Range(0, _suite.Dataset.Samples.Length)], default);
        }
        var record = new TargetRecord(
            Profile.Name, Profile.Name, _backend.Name, Availability.Ready, null, null, null, planted.Lowered.QuantizedMacShare, false, [], [],
            ImmutableSortedDictionary<string, long>.Empty, planted.Lowered.Qdq, [], [], probe) { EngineLayers = planted.EngineLayers };
        return new TargetCase(Run(record), record, Profile, planted.Lowered.Model, planted.Reference, planted.Lowered.Map);
    }

    public ImmutableArray<Finding> Diagnose(TargetCase target) => Diagnosis.Of(target, DiagnosisRules.All);

    private RunRecord Run(TargetRecord target)
    {
        ModelRecord model = TargetModels.Describe(Float, _suite.ModelPath);
        return new RunRecord(RunRecord.CurrentSchema, Model, "", "", Machine.Describe(1), new DatasetRecord("", 0, "", []), null, new BootstrapRecord(100, 1, 0.95),
            new ReferenceRecord(model, _backend.Name, new Arithmetic("float32", "", null), [], ImmutableSortedDictionary<string, long>.Empty), [target],
            new TimingsRecord("", 0, 0, ImmutableSortedDictionary<string, double>.Empty, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    private ISession Open(string path) => _backend.Open(new SessionRequest(path, _suite.Preprocessor.Contract, [], Optimize: false, _suite.Threads));

    private IEnumerable<IReadOnlyDictionary<string, Tensor>> Stream(OnnxModel model, ImmutableArray<string> taps, float gain)
    {
        string path = Path.Combine(_folder, $"calibrating-{Path.GetRandomFileName()}.onnx");
        model.Save(path);
        try
        {
            var inputs = model.Graph.Inputs.Select(i => i.Name).ToHashSet();
            using ISession session = _backend.Open(new SessionRequest(path, _suite.Preprocessor.Contract, taps, Optimize: true, _suite.Threads, ReusesTensors: true));
            foreach (Sample sample in _suite.Calibration!.Samples)
            {
                Tensor input = _suite.Preprocessor.Prepare(_suite.Calibration.Read(sample), session.Input).Tensor;
                yield return session.Run(gain == 1 ? input : Tensor.Create(Array.ConvertAll(input.Span<float>().ToArray(), v => v * gain), input.Shape.AsSpan()));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }
}

/// <summary>A damaged model.</summary>
/// <param name="Place">Tensor or operator to blame; null where it is the whole model.</param>
internal sealed record Planted(LoweringResult Lowered, OnnxModel Reference, string? Place)
{
    public ImmutableArray<EngineLayer>? EngineLayers { get; init; }
}
