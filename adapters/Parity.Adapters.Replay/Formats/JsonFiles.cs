using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parity.Core;

namespace Parity.Adapters.Replay.Formats;

/// <summary>
/// JSON of NVIDIA's tools; a folder of such files has a sample each.
/// `trtexec --exportOutput=FILE` (samples/common/sampleReporting.cpp of TensorRT): an array of {"name", "dimensions": "1x3x4", "values": [...]}, in which NaN and infinity stand as C++ prints them
/// and every number has six digits, so that equal tensors may differ by 5e-7 of a value.
/// Polygraphy's RunResults (polygraphy run --save-outputs; polygraphy/json/serde.py and comparator/struct.py): {"lst": [[runner, [{"outputs": {name: array}}, ...]], ...]}, where an array is
/// {"array": base64 of a .npy} alone or under "values"; an iteration is a sample.
/// </summary>
internal sealed partial class JsonFiles : IRecordingFormat
{
    public Recording? Read(string path, string? runner)
    {
        string[] files = Directory.Exists(path) ? [.. Directory.GetFiles(path, "*.json").Order(StringComparer.Ordinal)] : Path.GetExtension(path) == ".json" ? [path] : [];
        var samples = ImmutableArray.CreateBuilder<RecordedSample>();
        string format = "";
        foreach (string file in files)
        {
            using JsonDocument document = Parse(file);
            bool polygraphy = document.RootElement.ValueKind == JsonValueKind.Object;
            (format, ImmutableArray<RecordedSample> some) = polygraphy ? ("Polygraphy", Iterations(document.RootElement, file, runner)) : ("trtexec", [Exported(document.RootElement, file)]);
            samples.AddRange(some);
        }
        return files.Length > 0 ? new Recording(path, format, samples.ToImmutable()) : null;
    }

    private static JsonDocument Parse(string file)
    {
        try
        {
            return JsonDocument.Parse(TextOrNoNumber().Replace(File.ReadAllText(file), m => m.Groups[1].Success ? $"\"{m.Value}\"" : m.Value));
        }
        catch (JsonException e)
        {
            throw new FaultException($"no JSON: {e.Message}", $"{file}, line {e.LineNumber + 1}", "Export it again.");
        }
    }

    private static RecordedSample Exported(JsonElement root, string file)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var faults = new FaultList();
        int place = 0;
        foreach (JsonElement entry in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToArray() : [])
        {
            string where = $"{file}, entry {++place}";
            if (!Has(entry, "name", JsonValueKind.String, out JsonElement name) || !Has(entry, "dimensions", JsonValueKind.String, out JsonElement dimensions) || !Has(entry, "values", JsonValueKind.Array, out JsonElement values))
            {
                faults.Add("it lacks name, dimensions or values", where, "Export it by trtexec --exportOutput.");
                continue;
            }
            int[] shape = [.. dimensions.GetString()!.Split('x').Select(d => int.TryParse(d, NumberStyles.None, CultureInfo.InvariantCulture, out int e) ? e : -1)];
            float[] numbers = [.. values.EnumerateArray().Select(Number)];
            if (shape.Any(e => e < 0) || shape.Aggregate(1L, (n, e) => n * e) != numbers.Length)
                faults.Add($"'{name.GetString()}' has dimensions '{dimensions.GetString()}' and {numbers.Length} values", where, "Export it again.");
            else if (!tensors.TryAdd(name.GetString()!, Tensor.Create(numbers, shape)))
                faults.Add($"two tensors are called '{name.GetString()}'", where, "Export it again.");
        }
        if (place == 0)
            faults.Add("it holds no tensor", file, "Export it by trtexec --exportOutput, or by polygraphy run --save-outputs.");
        faults.ThrowIfAny();
        return new RecordedSample(Path.GetFileNameWithoutExtension(file), () => tensors);
    }

    private static ImmutableArray<RecordedSample> Iterations(JsonElement root, string file, string? runner)
    {
        if (!Has(root, "lst", JsonValueKind.Array, out JsonElement list))
            throw new FaultException("it has no runners (key 'lst')", file, "Save it by polygraphy run --save-outputs.");
        var runners = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonElement pair in list.EnumerateArray())
            if (pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2 && pair[0].ValueKind == JsonValueKind.String && pair[1].ValueKind == JsonValueKind.Array)
                runners[pair[0].GetString()!] = pair[1];
        if (runner is null && runners.Count != 1)
            throw new FaultException($"it has {runners.Count} runners", file, $"Name one behind a #: {string.Join(", ", runners.Keys.Select(r => $"{Path.GetFileName(file)}#{r}"))}.");
        if (!runners.TryGetValue(runner ?? runners.Keys.Single(), out JsonElement iterations))
            throw new FaultException($"it has no runner '{runner}'", file, $"Its runners: {string.Join(", ", runners.Keys)}.");
        string stem = Path.GetFileNameWithoutExtension(file);
        int count = iterations.GetArrayLength();
        return [.. iterations.EnumerateArray().Select((iteration, i) =>
        {
            string where = $"{file}, iteration {i}";
            if (!Has(iteration, "outputs", JsonValueKind.Object, out JsonElement outputs))
                throw new FaultException("it has no outputs", where, "Save it by polygraphy run --save-outputs.");
            var tensors = outputs.EnumerateObject().Where(o => o.Value.ValueKind == JsonValueKind.Object).ToDictionary(o => o.Name, o => Decoded(o.Value, $"{where}, '{o.Name}'"), StringComparer.Ordinal);
            return new RecordedSample(count == 1 ? stem : FormattableString.Invariant($"{stem}/{i}"), () => tensors);
        })];
    }

    private static Tensor Decoded(JsonElement value, string where)
    {
        JsonElement array = Has(value, "values", JsonValueKind.Object, out JsonElement inner) ? inner : value;
        if (!Has(array, "array", JsonValueKind.String, out JsonElement text) || !text.TryGetBytesFromBase64(out byte[]? bytes))
            throw new FaultException("it is no array in base64", where, "Save it by polygraphy run --save-outputs, not as a file beside it.");
        return NpyArray.Read(bytes, where);
    }

    private static float Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetSingle()
        : value.ValueKind != JsonValueKind.String ? float.NaN
        : value.GetString()!.Contains("inf", StringComparison.OrdinalIgnoreCase) ? (value.GetString()!.StartsWith('-') ? float.NegativeInfinity : float.PositiveInfinity) : float.NaN;

    private static bool Has(JsonElement element, string key, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out value) && value.ValueKind == kind;
    }

    /// <summary>Texts are matched whole, so that what stands in a name is left alone.</summary>
    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"|(-?\\b(?:nan(?:\\(\\w*\\))?|inf(?:inity)?)(?![\\w(]))", RegexOptions.IgnoreCase)]
    private static partial Regex TextOrNoNumber();
}
