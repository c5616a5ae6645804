using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Parity.Core;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>Whether a model takes what the suite prepares: one input of the contract's type, layout and size, batch open or 1.</summary>
internal static class InputCheck
{
    /// <summary>Adds a fault for everything that does not fit.</summary>
    public static void Check(IReadOnlyDictionary<string, NodeMetadata> inputs, InputContract contract, string model, FaultList faults)
    {
        ImmutableArray<int> prepared = Shape(contract);
        if (inputs.Count != 1)
        {
            faults.Add(
                $"the model has {inputs.Count} inputs ({string.Join(", ", inputs.Keys.Order(StringComparer.Ordinal).Select(n => $"'{n}'"))}), the suite prepares one",
                model,
                "Export the model with one picture as its only input; make the others constants.");
            return;
        }

        (string name, NodeMetadata input) = inputs.First();
        if (!input.IsTensor)
        {
            faults.Add($"input '{name}' is a {input.OnnxValueType}, the suite prepares a tensor", model, "Export the model with a tensor as its input.");
            return;
        }

        ElementType? type = TensorTypes.FromRuntime(input.ElementDataType);
        string takes = $"input '{name}' is {(type?.ToString() ?? input.ElementDataType.ToString()).ToLowerInvariant()} {Text(input.Dimensions)}";
        string prepares = $"the suite prepares {contract.Type.ToString().ToLowerInvariant()} {Text(prepared)}";
        if (type != contract.Type)
            faults.Add($"{takes}, {prepares}: the element type differs", model, TypeRemedy(type));

        int[] dimensions = input.Dimensions;
        if (dimensions.Length != 4)
        {
            faults.Add($"{takes}, {prepares}: it has {dimensions.Length} dimensions, not 4", model, "Export the model with an input of four dimensions, NCHW or NHWC.");
            return;
        }
        if (Fits(dimensions, prepared))
            return;

        if (dimensions[0] is not (-1 or 1))
            faults.Add($"{takes}, {prepares}: the batch is fixed at {dimensions[0]}", model, "Export the model with a batch of 1 or an open one.");
        var other = contract with { Layout = contract.Layout == TensorLayout.Nchw ? TensorLayout.Nhwc : TensorLayout.Nchw };
        if (Fits([1, .. dimensions[1..]], prepared))
            return;
        if (Fits([1, .. dimensions[1..]], Shape(other)))
        {
            faults.Add($"{takes}, {prepares}: the layout differs", model, $"Set the suite's 'preprocessing.layout' to {other.Layout.ToString().ToLowerInvariant()}.");
            return;
        }

        bool channelsFirst = contract.Layout == TensorLayout.Nchw;
        (int channels, int height, int width) = channelsFirst ? (dimensions[1], dimensions[2], dimensions[3]) : (dimensions[3], dimensions[1], dimensions[2]);
        if (channels is not (-1 or 3))
            faults.Add($"{takes}, {prepares}: it has {channels} channels, not 3", model, "Use a model of colour pictures, or set the suite's 'preprocessing.layout' if its channels come last.");
        if ((width >= 0 && width != contract.Width) || (height >= 0 && height != contract.Height))
            faults.Add($"{takes}, {prepares}: the size differs", model, $"Set the suite's 'preprocessing.size' to [{(width >= 0 ? width : contract.Width)}, {(height >= 0 ? height : contract.Height)}].");
    }

    /// <summary>The shape of one prepared picture.</summary>
    public static ImmutableArray<int> Shape(InputContract contract) => contract.Layout == TensorLayout.Nchw
        ? [1, 3, contract.Height, contract.Width]
        : [1, contract.Height, contract.Width, 3];

    /// <summary>A black picture: what the model takes, when values do not matter.</summary>
    public static Tensor Zeros(InputContract contract)
    {
        Tensor picture = Tensor.Allocate(contract.Type, Shape(contract).AsSpan());
        Tensor.Fill(picture).Clear();
        return picture;
    }

    private static bool Fits(ReadOnlySpan<int> model, ImmutableArray<int> prepared)
    {
        for (int i = 0; i < prepared.Length; i++)
        {
            if (model[i] >= 0 && model[i] != prepared[i])
                return false;
        }
        return true;
    }

    private static string TypeRemedy(ElementType? type) => type is { } known
        ? $"Set the suite's 'preprocessing.type' to {known.ToString().ToLowerInvariant()}."
        : "Export the model with a float32 or uint8 input.";

    private static string Text(IEnumerable<int> shape) => $"[{string.Join(',', shape.Select(d => d < 0 ? "?" : d.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]";
}
