using System.Text.Json;
using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>Reads what `trtexec --exportLayerInfo=FILE --profilingVerbosity=detailed` writes.</summary>
public static class EngineLayers
{
    /// <summary>A layer's precision is that of its first input, and where that is "N/A due to dynamic shapes" the layer says nothing and is left out; the names of the operators in it stand in its own name, joined by " + ".</summary>
    /// <exception cref="FaultException">No such file, no JSON, or JSON without layers in detail.</exception>
    public static IReadOnlyList<EngineLayer> Read(string path)
    {
        if (!File.Exists(path))
            throw new FaultException("there is no such file", path, "Write it by `trtexec --exportLayerInfo=FILE --profilingVerbosity=detailed`.");
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("Layers", out JsonElement layers) && layers.ValueKind == JsonValueKind.Array)
            {
                var read = layers.EnumerateArray().Where(l => l.ValueKind == JsonValueKind.Object).Select(Layer).OfType<EngineLayer>().ToList();
                if (read.Count > 0)
                    return read;
            }
            throw new FaultException("it has no layers with their inputs", path, "Build the engine with --profilingVerbosity=detailed, and export the layers again.");
        }
        catch (JsonException e)
        {
            throw new FaultException($"not JSON: {e.Message}", path, "Export the layers again.");
        }
    }

    private static EngineLayer? Layer(JsonElement layer)
    {
        if (Text(layer, "Name") is not { } name || !layer.TryGetProperty("Inputs", out JsonElement inputs) || inputs.ValueKind != JsonValueKind.Array || inputs.GetArrayLength() == 0
            || Text(inputs[0], "Format/Datatype") is not { } format || format.StartsWith("N/A", StringComparison.Ordinal))
            return null;
        // Names of fused layers: "conv_1 + relu_1", "PWN(sigmoid_1, mul_1)", "gemm [ONNX Layer: MatMul]"; "__myl_..." keep theirs in the metadata.
        string names = (Text(layer, "Metadata") is { Length: > 0 } metadata ? metadata : name).Replace("[ONNX Layer: ", "+", StringComparison.Ordinal).Replace(']', '+').Replace('\u001e', '+');
        var nodes = names.Split(['+', '(', ')', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Append(name).Distinct();
        return new EngineLayer(name, Precision(format), [.. nodes]);
    }

    private static string Precision(string format)
    {
        bool Has(string type) => format.Contains(type, StringComparison.OrdinalIgnoreCase);
        return Has("Int8") ? "int8" : Has("FP8") ? "float8" : Has("FP16") || Has("Half") ? "float16" : Has("BF16") ? "bfloat16" : Has("FP32") || Has("Float") ? "float32" : format;
    }

    private static string? Text(JsonElement element, string property) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
