using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Gives one node another constant; other readers of the old one keep it.</summary>
internal static class ConstantInput
{
    /// <summary>Keeps the constant's name when nobody else reads it.</summary>
    /// <param name="stem">Name of the new constant otherwise.</param>
    public static void Replace(Graph graph, Node node, int input, Tensor value, string stem)
    {
        string old = node.Input(input);
        if (graph.IsInitializer(old) && graph.ConsumersOf(old).Length == 1 && !graph.IsOutput(old) && node.Inputs.Count(i => i == old) == 1)
        {
            graph.SetInitializer(old, value);
            return;
        }
        graph.SetInput(node, input, Add(graph, stem, value));
    }

    /// <returns>The name it got.</returns>
    public static string Add(Graph graph, string stem, Tensor value)
    {
        string name = graph.UniqueName(stem);
        graph.SetInitializer(name, value);
        return name;
    }

    /// <summary>The elements of a float32 constant; null when the tensor is none.</summary>
    public static float[]? Floats(Graph graph, string tensor) =>
        graph.Constant(tensor) is { Type: ElementType.Float32 } constant ? constant.Span<float>().ToArray() : null;

    /// <summary>The only element of a float32 constant; null when the tensor is no such.</summary>
    public static float? Scalar(Graph graph, string tensor) => Floats(graph, tensor) is [var value] ? value : null;
}
