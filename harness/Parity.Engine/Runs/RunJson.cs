using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parity.Core;
using Parity.Engine.Measuring;
using Parity.Lowering;

namespace Parity.Engine.Runs;

/// <summary>How records become JSON: camelCase names, enums as words, doubles in the shortest form that reads back, null for no value.</summary>
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(VerdictRecord))]
[JsonSerializable(typeof(FindingsRecord))]
[JsonSerializable(typeof(LayerMap))]
[JsonSerializable(typeof(CachedLowering))]
public sealed partial class RunJson : JsonSerializerContext
{
    /// <summary>The one set of options. NaN and infinity are refused: a record says null. Angle brackets stay readable, nothing here is pasted into HTML.</summary>
    public static RunJson Files { get; } = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters =
        {
            new JsonStringEnumConverter<Verdict>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<Direction>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<Certainty>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<TensorLayout>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<ColorOrder>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<ElementType>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<TensorTransform>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<DivergenceKind>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<DivergenceState>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<QuantizationView>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<ChangeKind>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<ChangeReason>(JsonNamingPolicy.CamelCase),
        },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
