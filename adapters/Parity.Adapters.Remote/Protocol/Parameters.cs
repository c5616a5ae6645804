using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Parity.Core;

namespace Parity.Adapters.Remote;

/// <summary>
/// What KServe v2 has no field for, carried in <c>parameters</c>, whose values are texts, numbers and truth values only: the input contract, the
/// arithmetic, the model's hash.
/// </summary>
internal static class Parameters
{
    public const string BinaryDataSize = "binary_data_size";
    public const string BinaryDataOutput = "binary_data_output";
    public const string Sha256 = "sha256";
    public const string File = "file";
    public const string Optimize = "optimize";
    public const string Threads = "threads";

    private const string Layout = "layout", Color = "color", Scale = "scale", Mean = "mean", Std = "std";
    private const string ArithmeticName = "arithmetic", ArithmeticDetail = "arithmetic_detail", IntegerShare = "integer_mac_share";

    public static JsonElement Value(string text) => JsonSerializer.SerializeToElement(text, Json.Default.String);

    public static JsonElement Value(bool flag) => JsonSerializer.SerializeToElement(flag, Json.Default.Boolean);

    public static JsonElement Value(long number) => JsonSerializer.SerializeToElement(number, Json.Default.Int64);

    public static JsonElement Value(double number) => JsonSerializer.SerializeToElement(number, Json.Default.Double);

    public static string? Text(Dictionary<string, JsonElement>? parameters, string key) =>
        parameters is not null && parameters.TryGetValue(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static bool? Flag(Dictionary<string, JsonElement>? parameters, string key) =>
        parameters is not null && parameters.TryGetValue(key, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? parameters[key].GetBoolean() : null;

    public static long? Whole(Dictionary<string, JsonElement>? parameters, string key) =>
        parameters is not null && parameters.TryGetValue(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;

    public static double? Number(Dictionary<string, JsonElement>? parameters, string key) =>
        parameters is not null && parameters.TryGetValue(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    /// <summary>The input as the contract says: type and shape in KServe's fields, the rest in parameters.</summary>
    /// <param name="complete">False leaves out colour and normalisation: they are the suite's, and not known of a model alone.</param>
    public static TensorHeader Of(string name, InputContract contract, bool complete)
    {
        var parameters = new Dictionary<string, JsonElement> { [Layout] = Value(contract.Layout.ToString().ToLowerInvariant()) };
        if (complete)
        {
            parameters[Color] = Value(contract.Color.ToString().ToLowerInvariant());
            parameters[Scale] = Value(contract.Scale);
            parameters[Mean] = Value(List(contract.Mean));
            parameters[Std] = Value(List(contract.Std));
        }
        return new TensorHeader(name, Datatypes.Name(contract.Type), [.. Shape(contract)], parameters);
    }

    /// <summary>The contract of an input that says all of it; null when it does not.</summary>
    public static InputContract? Contract(TensorHeader input)
    {
        if (Datatypes.Read(input.Datatype) is not { } type || input.Shape is not { Length: 4 } shape || shape.Any(d => d is < 1 or > int.MaxValue)
            || !Enum.TryParse(Text(input.Parameters, Layout), ignoreCase: true, out TensorLayout layout)
            || !Enum.TryParse(Text(input.Parameters, Color), ignoreCase: true, out ColorOrder color)
            || Number(input.Parameters, Scale) is not { } scale || Three(Text(input.Parameters, Mean)) is not { } mean || Three(Text(input.Parameters, Std)) is not { } std)
            return null;
        (long height, long width) = layout == TensorLayout.Nchw ? (shape[2], shape[3]) : (shape[1], shape[2]);
        var contract = new InputContract(type, layout, color, (int)width, (int)height, scale, mean, std);
        return Shape(contract).SequenceEqual(shape) ? contract : null;
    }

    public static long[] Shape(InputContract contract) =>
        contract.Layout == TensorLayout.Nchw ? [1, 3, contract.Height, contract.Width] : [1, contract.Height, contract.Width, 3];

    public static void Add(Dictionary<string, JsonElement> parameters, Arithmetic arithmetic)
    {
        parameters[ArithmeticName] = Value(arithmetic.Name);
        parameters[ArithmeticDetail] = Value(arithmetic.Detail);
        if (arithmetic.IntegerMacShare is { } share)
            parameters[IntegerShare] = Value(share);
    }

    /// <summary>Null when the server does not say. A share outside 0 to 1 counts as not said.</summary>
    public static Arithmetic? ReadArithmetic(Dictionary<string, JsonElement>? parameters) =>
        Text(parameters, ArithmeticName) is { } name && Text(parameters, ArithmeticDetail) is { } detail
            ? new Arithmetic(name, detail, Number(parameters, IntegerShare) is >= 0 and <= 1 and var share ? share : null)
            : null;

    private static string List(ImmutableArray<double> values) => string.Join(' ', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));

    private static ImmutableArray<double>? Three(string? text)
    {
        string[] parts = text?.Split(' ') ?? [];
        var values = parts.Select(p => double.TryParse(p, NumberStyles.Float, CultureInfo.InvariantCulture, out double v) && double.IsFinite(v) ? v : (double?)null).ToArray();
        return values.Length == 3 && values.All(v => v is not null) ? [.. values.Select(v => v!.Value)] : null;
    }
}
