using System.Collections.Immutable;
using System.Security.Cryptography;
using Parity.Core;
using Parity.Engine.Runs;
using Parity.Engine.Suites;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Measuring;

/// <summary>Prepares the models of a suite's targets: lowers the float model or takes a ready one, and writes it with its layer map.</summary>
public static class TargetModels
{
    /// <summary>The lowered model of one target, written to <paramref name="folder"/> as model.onnx and layers.json; from the cache where an earlier run prepared the same.</summary>
    /// <exception cref="FaultException">The model cannot be lowered, or calibration and evaluation share samples.</exception>
    public static (LoweringResult Result, string Path, bool FromCache) Prepare(
        Suite suite, TargetRequest target, IBackend backend, string folder, PreparedCache? cache, IRunObserver observer, CancellationToken stop)
    {
        TargetProfile profile = ProfileOf(target);
        if (target.ReadyModel is { } ready)
            return Written(Lowerer.TakeReady(OnnxModel.Load(ready), profile), false);
        LoweringPlan plan = Plan(target);
        string? key = cache?.Key(suite, plan, backend);
        if (key is not null && cache!.Find(key, observer) is { } known)
            return Written(known, true);
        LoweringResult result = Lowerer.Lower(OnnxModel.Load(suite.ModelPath), plan,
            (model, taps) => Activations(model, taps, suite.Calibration, suite.Preprocessor, suite.CalibrationRegions, backend, suite.Threads, folder, observer, stop), Rounding(observer));
        if (key is not null)
            cache!.Keep(key, result, observer);
        return Written(result, false);

        (LoweringResult, string, bool) Written(LoweringResult lowered, bool fromCache)
        {
            string path = Write(lowered, folder);
            if (target.Chip is not { } chip)
                return (lowered, path, fromCache);
            File.WriteAllText(Path.Combine(folder, ProfileFile.Kept), chip.Text);
            return (lowered with { Notes = lowered.Notes.Insert(0, $"the chip is of {chip.Name}, kept as {ProfileFile.Kept}") }, path, fromCache);
        }
    }

    public static LoweringPlan Plan(TargetRequest target) => new(ProfileOf(target), target.Calibrator, target.Percentile, target.KeepFloat)
    {
        Float16 = target.Float16,
        Int16 = target.Int16,
        Options = target.Options,
    };

    /// <summary>The target's profile with the flags that the suite sets.</summary>
    /// <exception cref="FaultException">A flag or choice that the profile does not have.</exception>
    public static TargetProfile ProfileOf(TargetRequest target)
    {
        var faults = new FaultList();
        TargetProfile profile = (target.Chip?.Profile ?? TargetProfiles.Named(target.Profile, target.Name)).With(target.Flags, target.Name, faults);
        faults.ThrowIfAny();
        return profile;
    }

    /// <summary>Shows the rounding of weights as a stage of its own.</summary>
    public static Action<int, int> Rounding(IRunObserver observer) => (done, total) =>
    {
        if (done == 1)
            observer.Begin("round weights", total);
        observer.Advance("round weights", done);
    };

    public static string Write(LoweringResult result, string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "model.onnx");
        result.Model.Save(path);
        RunFolder.WriteLayers(folder, result.Map);
        return path;
    }

    public static ModelRecord Describe(OnnxModel model, string path)
    {
        GraphInspection inspection = GraphInspection.Of(model);
        using FileStream stream = File.OpenRead(path);
        return new ModelRecord(Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(stream)), stream.Length, inspection.Parameters, inspection.Macs);
    }

    /// <summary>Calibration and evaluation must not share a sample (convention 12).</summary>
    public static void CheckDisjoint(Suite suite)
    {
        if (suite.Calibration is null)
            return;
        var evaluated = suite.Dataset.Samples.Select(s => (Hash: suite.Dataset.ContentSha256(s), s.Name)).Where(s => s.Hash is not null).ToLookup(s => s.Hash!, s => s.Name);
        var faults = new FaultList();
        foreach (Sample sample in suite.Calibration.Samples)
            if (suite.Calibration.ContentSha256(sample) is { } hash && evaluated[hash].FirstOrDefault() is { } twin)
                faults.Add($"calibration sample '{sample.Name}' is also the evaluation sample '{twin}'", suite.Calibration.Name, "Take it out of the calibration folder: a model calibrated on what it is judged by looks better than it is.");
        faults.ThrowIfAny();
    }

    /// <summary>Streams the float model's activations over calibration samples, each overwriting the last one's.
    /// A sample that cannot be read is a fault: ranges would silently change.</summary>
    /// <param name="regions">Parts of a sample that the model runs on; null for the whole picture.</param>
    public static IEnumerable<IReadOnlyDictionary<string, Tensor>> Activations(
        OnnxModel model, ImmutableArray<string> taps, IDataset? calibration, IPreprocessor preprocessor,
        Func<Sample, ImmutableArray<PictureRegion>?> regions, IBackend backend, int threads, string folder, IRunObserver observer, CancellationToken stop)
    {
        if (calibration is null || calibration.Samples.IsEmpty)
            throw new FaultException("there are no calibration samples", calibration?.Name ?? "calibration", "Add a 'calibration' section with images, or a path that holds some.");
        Directory.CreateDirectory(folder);
        // Several streams may be read side by side, each with a model of its own.
        string path = Path.Combine(folder, $"calibrating-{Path.GetRandomFileName()}.onnx");
        model.Save(path);
        try
        {
            using ISession session = backend.Open(new SessionRequest(path, preprocessor.Contract, taps, Optimize: true, threads, ReusesTensors: true));
            string stage = "calibrate";
            observer.Begin(stage, calibration.Samples.Length);
            for (int i = 0; i < calibration.Samples.Length; i++)
            {
                stop.ThrowIfCancellationRequested();
                Sample sample = calibration.Samples[i];
                foreach (PreparedInput input in preprocessor.PrepareAll(calibration.Read(sample), regions(sample), session.Input))
                    yield return session.Run(input.Tensor);
                observer.Advance(stage, i + 1);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }
}
