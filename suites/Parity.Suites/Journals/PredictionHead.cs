using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;

namespace Parity.Suites.Journals;

/// <summary>What the journal entries of all tasks begin with: the sample and the stages' counts.</summary>
internal static class PredictionHead
{
    /// <summary>Properties "sample" and "counts" of the object being written.</summary>
    public static void Write(Utf8JsonWriter writer, Prediction prediction)
    {
        writer.WriteString("sample", prediction.SampleId);
        writer.WriteStartObject("counts");
        foreach ((string name, int count) in prediction.Counts)
            writer.WriteNumber(name, count);
        writer.WriteEndObject();
    }

    /// <exception cref="FormatException">There is no such head.</exception>
    public static (string Sample, ImmutableSortedDictionary<string, int> Counts) Read(JsonElement element)
    {
        var counts = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (JsonProperty count in element.GetProperty("counts").EnumerateObject())
            counts.Add(count.Name, count.Value.GetInt32());
        return (element.GetProperty("sample").GetString() ?? throw new FormatException("'sample' is null"), counts.ToImmutable());
    }
}
