using System.Text.Json;

namespace Parity.Engine.Measuring;

/// <summary>Bootstrap replicates of a session: {"bbox/AP": [v, ...]}; null where a resample has no value.</summary>
public static class ReplicatesJson
{
    public static void Write(Stream stream, Evaluated evaluated)
    {
        using var writer = new Utf8JsonWriter(stream);
        writer.WriteStartObject();
        for (int k = 0; k < evaluated.Measurements.Length; k++)
        {
            writer.WriteStartArray(evaluated.Measurements[k].Name);
            foreach (double value in evaluated.Replicates[k])
            {
                if (double.IsFinite(value))
                    writer.WriteNumberValue(value);
                else
                    writer.WriteNullValue();
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}
