using System.Collections.Immutable;
using System.Security.Cryptography;
using Parity.Core;
using Parity.Engine.Runs;
using Parity.Engine.Suites;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>Findings of a run folder, from what it holds: nothing is run.</summary>
public static class FolderDiagnosis
{
    /// <param name="references">Where the float model may lie; only a file of the hash in the record is taken.</param>
    /// <exception cref="FaultException">A target's model or layer map is missing or damaged.</exception>
    public static FindingsRecord Of(RunFolder folder, RunRecord run, ImmutableArray<string> references, ImmutableArray<IRule> rules)
    {
        OnnxModel? reference = references.FirstOrDefault(r => File.Exists(r) && Sha256(r) == run.Reference.Model.Sha256) is { } path ? OnnxModel.Load(path) : null;
        var findings = run.Targets.Where(t => t.Availability.IsReady && !(run.LayersOnly && t.Model is null)).SelectMany(t => Diagnosis.Of(Case(folder, run, t, reference), rules));
        return new FindingsRecord(FindingsRecord.CurrentSchema, run.Suite, reference is not null, [.. findings]);
    }

    private static TargetCase Case(RunFolder folder, RunRecord run, TargetRecord target, OnnxModel? reference)
    {
        string home = folder.Target(target.Name), model = Path.Combine(home, "model.onnx"), twin = Path.Combine(home, "twin.onnx");
        if (!File.Exists(model))
            throw new FaultException("there is no such file", model, "Give a folder that `parity run` wrote, whole.");
        return new TargetCase(run, target, Profile(target, home), OnnxModel.Load(model),
            target.Twin is not null && File.Exists(twin) ? OnnxModel.Load(twin) : reference, RunFolder.ReadLayers(home));
    }

    /// <summary>With the flags of the run. Of a target of which only the model is known, nothing is known that it must keep to.</summary>
    private static TargetProfile Profile(TargetRecord target, string home)
    {
        if (target.Profile == Measuring.ModelComparison.AsGiven)
            return TargetProfiles.Named("tensorrt-fp32", "") with { Name = target.Profile };
        string chip = Path.Combine(home, ProfileFile.Kept);
        var faults = new FaultList();
        TargetProfile profile = (File.Exists(chip) ? ProfileFile.Named(chip, $"target {target.Name}") : TargetProfiles.Named(target.Profile, $"target {target.Name}"))
            .With(target.Flags ?? ImmutableSortedDictionary<string, string>.Empty, $"target {target.Name}", faults);
        faults.ThrowIfAny();
        return profile;
    }

    private static string Sha256(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
