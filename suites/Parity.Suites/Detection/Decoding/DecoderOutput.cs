using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>One output of a model that a decoder reads: found by its exact name, or as the only one where the suite names none.</summary>
public sealed record DecoderOutput(string? Name)
{
    /// <summary>The values of a float tensor, checked to be finite, with its shape.</summary>
    public ReadOnlySpan<float> Floats(IReadOnlyDictionary<string, Tensor> outputs, Sample sample, out ImmutableArray<int> shape, out string name)
    {
        Tensor tensor = Find(outputs, sample, out name);
        shape = tensor.Shape;
        ReadOnlySpan<float> values = AsFloats(tensor, name, sample);
        RequireFinite(values, name, sample);
        return values;
    }

    /// <summary>The tensor, unchecked.</summary>
    public Tensor Find(IReadOnlyDictionary<string, Tensor> outputs, Sample sample, out string name)
    {
        name = Name ?? (outputs.Count == 1 ? outputs.Keys.First() : "");
        return outputs.TryGetValue(name, out Tensor? tensor)
            ? tensor
            : throw new FaultException(
                Name is null ? $"{outputs.Count} outputs and no name" : $"no output '{Name}'", $"sample {sample.Id}", $"Name one of: {string.Join(", ", outputs.Keys)}.");
    }

    /// <summary>The declared output; null after a fault was added.</summary>
    public TensorPort? Find(ImmutableArray<TensorPort> outputs, string model, FaultList faults)
    {
        if (Name is null && outputs.Length == 1)
            return outputs[0];
        TensorPort? port = outputs.FirstOrDefault(o => o.Name == Name);
        if (port is null)
        {
            string what = Name is null ? $"the model has {outputs.Length} outputs and the decoder names none" : $"the model has no output '{Name}'";
            faults.Add(what, model, $"Name one in the decoder's settings: {string.Join("; ", outputs)}.");
        }
        return port;
    }

    /// <summary>Adds a fault unless the port is float and its shape fits; null extents fit any.</summary>
    public static void CheckShape(TensorPort port, string wanted, string model, FaultList faults, params ReadOnlySpan<int?> shape)
    {
        bool fits = port.Shape.Length == shape.Length;
        for (int i = 0; fits && i < shape.Length; i++)
            fits = port.Shape[i] < 0 || shape[i] is null || port.Shape[i] == shape[i];
        if (!fits)
            faults.Add($"output {port} is not {wanted}", model, "Choose the decoder and the classes that fit the model.");
        if (port.Type is not (ElementType.Float32 or ElementType.Float16))
            faults.Add($"output {port} is not of floats", model, "Dequantize the output, or choose a decoder for it.");
    }

    public static FaultException Misshapen(string name, ImmutableArray<int> shape, string wanted, Sample sample) => new(
        $"output '{name}' is [{string.Join(',', shape)}], not {wanted}", $"sample {sample.Id}", "Choose the decoder, input size and classes that fit the model.");

    /// <exception cref="FaultException">The first NaN or infinity, with its index.</exception>
    public static void RequireFinite(ReadOnlySpan<float> values, string name, Sample sample)
    {
        int index = ScoreScan.FirstNonFinite(values);
        if (index >= 0)
            throw new FaultException($"output '{name}' holds {(float.IsNaN(values[index]) ? "NaN" : "an infinity")} at index {index}", $"sample {sample.Id}", "Repair the model, or look for an overflow in its layers.");
    }

    public static ReadOnlySpan<float> AsFloats(Tensor tensor, string name, Sample sample) => tensor.Type switch
    {
        ElementType.Float32 => tensor.Span<float>(),
        ElementType.Float16 => Array.ConvertAll((Half[])tensor.Storage, h => (float)h),
        _ => throw new FaultException($"output '{name}' is {tensor}, not of floats", $"sample {sample.Id}", "Dequantize the output."),
    };
}
