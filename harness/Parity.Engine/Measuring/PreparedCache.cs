using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Parity.Core;
using Parity.Engine.Runs;
using Parity.Engine.Suites;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Measuring;

/// <summary>
/// Keeps lowered models by everything they follow from: the float model's bytes, the plan with its profile, every tensor that calibration feeds, the build and the machine. An entry is a
/// folder that appears whole or not at all; one that is damaged is thrown away with a note.
/// </summary>
/// <param name="folder">Made when something is kept.</param>
/// <param name="build">Names the program exactly: another build may lower otherwise.</param>
public sealed class PreparedCache(string folder, string build)
{
    /// <summary>Null when a calibration sample cannot be prepared: the preparation of the target will say so.</summary>
    public string? Key(Suite suite, LoweringPlan plan, IBackend backend)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(build);
        Append(Machine.Describe(suite.Threads).ToString());
        Append(backend.Name);
        // The plan holds lists, which a record's own text does not show.
        Append(JsonSerializer.Serialize(plan, PlanJson.Default.LoweringPlan));
        hash.AppendData(File.ReadAllBytes(suite.ModelPath));
        try
        {
            foreach (Sample sample in suite.Calibration?.Samples ?? [])
            {
                foreach (PreparedInput fed in suite.Preprocessor.PrepareAll(suite.Calibration!.Read(sample), suite.CalibrationRegions(sample), suite.Preprocessor.Contract))
                {
                    Append(fed.Tensor.ToString());
                    hash.AppendData(fed.Tensor.Bytes());
                }
            }
        }
        catch (FaultException)
        {
            return null;
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string text)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData([0]);
        }
    }

    /// <summary>Null when there is no such entry.</summary>
    public LoweringResult? Find(string key, IRunObserver observer)
    {
        string entry = Path.Combine(folder, key);
        if (!Directory.Exists(entry))
            return null;
        try
        {
            byte[] model = File.ReadAllBytes(Path.Combine(entry, "model.onnx"));
            byte[] rest = File.ReadAllBytes(Path.Combine(entry, "lowered.json"));
            byte[] exact = File.ReadAllBytes(Path.Combine(entry, "float.onnx"));
            if (File.ReadAllText(Path.Combine(entry, "sha256")) != Sum(model, rest, exact))
                throw new InvalidDataException("its content is not what was written");
            CachedLowering cached = JsonSerializer.Deserialize(rest, RunJson.Files.CachedLowering) ?? throw new InvalidDataException("it is empty");
            return new LoweringResult(OnnxModel.Parse(model, entry), cached.Map, cached.Qdq, cached.Cost, cached.KeptFloat, cached.Notes)
            {
                Record = cached.Record,
                Emulated = cached.Emulated,
                Float = exact.Length > 0 ? OnnxModel.Parse(exact, entry) : null,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or JsonException or FaultException)
        {
            observer.Note($"the cache entry {entry} is damaged ({e.Message}): thrown away, and the target is prepared anew");
            Discard(entry);
            return null;
        }
    }

    /// <summary>A cache that cannot be written is a note, not a failure.</summary>
    public void Keep(string key, LoweringResult result, IRunObserver observer)
    {
        string entry = Path.Combine(folder, key), fresh = Path.Combine(folder, $"{key}.{Path.GetRandomFileName()}");
        try
        {
            Directory.CreateDirectory(fresh);
            byte[] model = result.Model.ToBytes();
            byte[] rest = JsonSerializer.SerializeToUtf8Bytes(new CachedLowering(result.Map, result.Qdq, result.Cost, result.KeptFloat, result.Notes, result.Record, result.Emulated), RunJson.Files.CachedLowering);
            // Empty where there is none, so that a missing file is damage.
            byte[] exact = result.Float?.ToBytes() ?? [];
            File.WriteAllBytes(Path.Combine(fresh, "model.onnx"), model);
            File.WriteAllBytes(Path.Combine(fresh, "float.onnx"), exact);
            File.WriteAllBytes(Path.Combine(fresh, "lowered.json"), rest);
            File.WriteAllText(Path.Combine(fresh, "sha256"), Sum(model, rest, exact));
            // Another run may have kept the same meanwhile: equal inputs, equal entry.
            if (!Directory.Exists(entry))
                Directory.Move(fresh, entry);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            observer.Note($"the prepared target is not kept in the cache {folder}: {e.Message}");
        }
        Discard(fresh);
    }

    private static void Discard(string entry)
    {
        try
        {
            if (Directory.Exists(entry))
                Directory.Delete(entry, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be deleted is found damaged again the next time, and said again.
        }
    }

    private static string Sum(params ReadOnlySpan<byte[]> files)
    {
        var text = new StringBuilder();
        foreach (byte[] file in files)
            text.Append(Convert.ToHexStringLower(SHA256.HashData(file))).Append(' ');
        return text.ToString();
    }
}

/// <summary>What is kept of a lowered model beside its file.</summary>
public sealed record CachedLowering(LayerMap Map, ImmutableArray<QdqRecord> Qdq, CostRecord Cost, ImmutableArray<string> KeptFloat, ImmutableArray<string> Notes, LoweringRecord? Record, EmulatedQuantizers Emulated);
