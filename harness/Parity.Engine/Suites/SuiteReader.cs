using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Engine.Gating;
using Parity.Lowering;

namespace Parity.Engine.Suites;

/// <summary>Reads a suite file and binds it to its data, finding all mistakes in one reading.</summary>
public static class SuiteReader
{
    /// <param name="dataRoot">Where the suite's relative paths lead; null is the suite file's own folder.</param>
    /// <param name="only">Names of the targets to keep; empty keeps all.</param>
    /// <param name="limit">Evaluates the first so many samples; null all.</param>
    /// <exception cref="FaultException">All mistakes of the suite and of the files it names.</exception>
    public static Suite Read(string path, string? dataRoot, ImmutableArray<string> only, int? limit, SuiteParts parts)
    {
        if (!File.Exists(path))
            throw new FaultException("there is no such suite", path, "Give the path of a suite file, such as suites/coco128-yolox-nano.yaml.");
        return Parse(File.ReadAllText(path), Path.GetFileName(path), dataRoot ?? Folder(path), only, limit, parts, Folder(path));
    }

    /// <inheritdoc cref="Read"/>
    /// <param name="home">Where the suite's file lies, and beside it those of its chips; null is <paramref name="root"/>.</param>
    public static Suite Parse(string text, string file, string root, ImmutableArray<string> only, int? limit, SuiteParts parts, string? home = null)
    {
        var faults = new FaultList();
        Settings settings = YamlSettings.Parse(text, file, faults);
        string name = settings.Text("name");
        string model = ModelPath(settings, "model", root);
        string backend = Backend(settings, parts);
        IDataset? dataset = Dataset(settings.Section("dataset"), root, parts);
        if (limit is not null)
            dataset = dataset?.Take(limit.Value);
        IDataset? calibration = settings.Has("calibration") ? Dataset(settings.Section("calibration"), root, parts) : null;
        IPreprocessor? preprocessor = settings.Has("preprocessing") ? parts.Preprocessing(settings.Section("preprocessing")) : Missing<IPreprocessor>("preprocessing");
        ITask? task = Task(settings.Section("task"), dataset, parts);
        ITask? calibrated = calibration is null || settings.Section("calibration").Text("format") == "folder" ? null : CutOut();
        ImmutableArray<TargetRequest> targets = Targets(settings, dataset, root, home ?? root, parts);
        Policy policy = Policy.Read(settings.Section("policy"));
        BootstrapRecord bootstrap = Bootstrap(settings.Section("bootstrap", required: false));
        int probes = settings.Integer("probe-samples", 4, least: 0);
        int worst = settings.Integer("worst-samples", 8, least: 0);
        int threads = settings.Integer("threads", 1, least: 1, most: 64);
        bool noiseFloor = settings.Flag("noise-floor", false);
        int experiments = settings.Integer("experiments", 0, least: 0);
        settings.RejectUnknown();

        foreach (string wanted in only.Where(o => targets.All(t => t.Name != o)))
            faults.Add($"the suite has no target '{wanted}'", "--target", $"Its targets: {string.Join(", ", targets.Select(t => t.Name))}.");
        foreach (Clause clause in policy.Clauses.Where(c => c.Target is not null && targets.All(t => t.Name != c.Target)))
            faults.Add($"a clause is for '{clause.Target}', which is no target of the suite", $"{file} policy.clauses", $"Targets: {string.Join(", ", targets.Select(t => t.Name))}.");
        if (calibration is null && targets.FirstOrDefault(t => t.ReadyModel is null && t.Calibrator != "none" && parts.Calibrators.Contains(t.Calibrator)) is { } needs)
            faults.Add($"target '{needs.Name}' is calibrated, but the suite has no 'calibration'", file, "Add a 'calibration' section with a folder of images, or give the target a ready Q/DQ 'model'.");
        faults.ThrowIfAny();
        if (dataset!.Samples.IsEmpty)
            throw new FaultException("the dataset has no samples", $"{file} dataset", "Check its paths and --limit.");

        string sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return new Suite(name, text, sha256, model, backend, dataset, calibration, preprocessor!, task!,
            only.IsEmpty ? targets : [.. targets.Where(t => only.Contains(t.Name))], policy, bootstrap, probes, worst, threads, noiseFloor)
        {
            Experiments = experiments,
            CalibrationRegions = sample => calibrated?.Regions(sample),
            ChangedPreprocessing = changes => Changed(changes),
        };

        // What a task cuts out of its pictures it cuts out of those it is calibrated on; a folder of pictures names no parts, so they are taken as cut already.
        ITask? CutOut()
        {
            if (task is null || dataset!.Samples.IsEmpty || task.Regions(dataset.Samples[0]) is null)
                return null;
            return Task(YamlSettings.Parse(text, file, faults).Section("task"), calibration, parts);
        }

        IPreprocessor Changed(ImmutableSortedDictionary<string, string> changes)
        {
            var mistakes = new FaultList();
            Settings whole = YamlSettings.Parse(text, file, mistakes);
            Settings other = YamlSettings.Parse(string.Concat(changes.Select(c => $"{c.Key}: {c.Value}\n")), "experiment", mistakes);
            IPreprocessor? changed = parts.Preprocessing(whole.Section("preprocessing").With(other));
            mistakes.ThrowIfAny();
            return changed!;
        }

        T? Missing<T>(string key) where T : class
        {
            faults.Add($"'{key}' is missing", file, $"Add the section '{key}'.");
            return null;
        }
    }

    private static string Folder(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    /// <summary>The policy alone, from a suite or policy file: what `parity judge` needs.</summary>
    /// <exception cref="FaultException">All mistakes of the section.</exception>
    public static Policy ReadPolicy(string text, string file)
    {
        var faults = new FaultList();
        Settings settings = YamlSettings.Parse(text, file, faults);
        Policy policy = Policy.Read(settings.Has("clauses") ? settings : settings.Section("policy"));
        faults.ThrowIfAny();
        return policy;
    }

    private static string Backend(Settings settings, SuiteParts parts)
    {
        string name = settings.Text("backend", parts.Backends[0].Name);
        settings.Faults.Catch(() => BackendNames.Find(parts.Backends, name, settings.Has("backend") ? settings.Entries["backend"].Where : settings.Where));
        return name;
    }

    private static string ModelPath(Settings settings, string key, string root)
    {
        string relative = settings.Text(key);
        string path = Path.Combine(root, relative);
        if (relative.Length > 0 && !File.Exists(path))
            settings.Faults.Add($"there is no model '{path}'", settings.Entries[key].Where, "Give the folder that holds it by --data, or mend the path.");
        return path;
    }

    private static IDataset? Dataset(Settings settings, string root, SuiteParts parts)
    {
        string name = settings.Choice("format", [.. parts.Formats.Select(f => f.Name)]);
        IDatasetFormat format = parts.Formats.First(f => f.Name == name);
        return settings.Entries.IsEmpty ? null : settings.Faults.Catch(() => format.Open(settings, root)!);
    }

    private static ITask? Task(Settings settings, IDataset? dataset, SuiteParts parts)
    {
        string name = settings.Choice("kind", [.. parts.TaskKinds.Select(k => k.Name)]);
        if (dataset is null || settings.Entries.IsEmpty)
            return null;
        return parts.TaskKinds.First(k => k.Name == name).Create(settings, dataset);
    }

    private static ImmutableArray<TargetRequest> Targets(Settings settings, IDataset? dataset, string root, string home, SuiteParts parts)
    {
        bool waterfall = settings.Flag("waterfall", false);
        var targets = ImmutableArray.CreateBuilder<TargetRequest>();
        foreach (SettingsValue item in settings.Items("targets"))
        {
            Settings section = item.Section ?? new Settings(item.Where,
                ImmutableDictionary<string, SettingsValue>.Empty.Add("profile", item), settings.Faults);
            (string profile, ProfileFile? chip) = Profile(section, home, parts);
            string name = section.Text("name", profile);
            string backend = Backend(section, parts);
            string? ready = section.Has("model") ? ModelPath(section, "model", root) : null;
            string calibrator = CalibrationSection.Calibrator(section, "calibrator", parts.Calibrators);
            double percentile = section.Number("percentile", 99.99, least: 50, most: 100);
            bool optimize = section.Choice("arithmetic", ["integer", "emulated"], "integer") == "integer";
            Settings precision = section.Section("precision", required: false);
            targets.Add(new TargetRequest(name, profile, backend, ready, calibrator, percentile, [.. section.Texts("keep-float", []), .. precision.Texts("float", [])], optimize, Flags(section, profile, chip))
            {
                Chip = chip,
                Float16 = precision.Texts("fp16", []),
                Int16 = precision.Texts("int16", []),
                PostProcessing = section.Has("post-processing") ? Task(settings.Section("task").With(section.Section("post-processing")), dataset, parts) : null,
                Options = CalibrationSection.Read(section, root, parts.Calibrators),
                EngineLayers = section.Has("layer-info") ? settings.Faults.Catch(() => EngineLayers.Read(Path.Combine(root, section.Text("layer-info")))) is { } layers ? [.. layers] : [] : null,
                Waterfall = section.Flag("waterfall", waterfall),
            });
            precision.RejectUnknown();
            section.RejectUnknown();
            if (targets.Count(t => t.Name == name) == 2)
                settings.Faults.Add($"two targets are called '{name}'", item.Where, "Give one of them another 'name'.");
            if (name == "reference" || name.AsSpan().ContainsAny("/\\ "))
                settings.Faults.Add($"'{name}' cannot name a target", item.Where, "Use a name without spaces and slashes other than 'reference': files are called after it.");
        }
        return targets.ToImmutable();
    }

    /// <summary>A target of the product, or the chip of a file, whose mistakes are found with all others.</summary>
    private static (string Name, ProfileFile? Chip) Profile(Settings section, string home, SuiteParts parts)
    {
        if (section.Text("profile", "") is not { Length: > 0 } path || !ProfileFile.IsFile(path))
            return (section.Choice("profile", parts.Profiles), null);
        ProfileFile? chip = section.Faults.Catch(() => ProfileFile.Read(Path.Combine(home, path), path, section.Entries["profile"].Where));
        return (chip?.Profile.Name ?? Path.GetFileNameWithoutExtension(path), chip);
    }

    /// <summary>Checked against the profile here, so that a mistake is found with all others.</summary>
    private static ImmutableSortedDictionary<string, string> Flags(Settings section, string profile, ProfileFile? chip)
    {
        Settings flags = section.Section("flags", required: false);
        var values = flags.Entries.Keys.ToImmutableSortedDictionary(k => k, k => flags.Text(k), StringComparer.Ordinal);
        (chip?.Profile ?? TargetProfiles.All.FirstOrDefault(p => p.Name == profile))?.With(values, flags.Where, section.Faults);
        return values;
    }

    private static BootstrapRecord Bootstrap(Settings settings)
    {
        int resamples = settings.Integer("resamples", 1000, least: 100, most: 100_000);
        int seed = settings.Integer("seed", 7, least: 0);
        double confidence = settings.Number("confidence", 0.95, least: 0.51, most: 0.9999);
        settings.RejectUnknown();
        return new BootstrapRecord(resamples, (ulong)seed, confidence);
    }
}
