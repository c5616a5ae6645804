using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>What a graph has in place of a format that QuantizeLinear alone is not.</summary>
public static class ActivationQuantizer
{
    /// <summary>Whether QuantizeLinear alone is not the format.</summary>
    public static bool IsNeeded(NumberFormat format, QuantizationParameters parameters) => RoundingSubgraph.IsNeeded(format, parameters);

    /// <summary>Adds operators after which QuantizeLinear and DequantizeLinear do what the format says; gives the tensor to quantize, which is <paramref name="tensor"/> where none are needed.</summary>
    /// <param name="stem">Begins the names of what is added.</param>
    /// <param name="format">With linear codes and a chosen sign.</param>
    public static string Prepare(Graph graph, string stem, string tensor, NumberFormat format, QuantizationParameters parameters) =>
        RoundingSubgraph.IsNeeded(format, parameters) ? RoundingSubgraph.Add(new NodeWriter(graph, stem), tensor, format, parameters) : tensor;

    /// <summary>Adds operators that round to logarithmic codes; gives the tensor of their real values.</summary>
    public static string AddLogarithmic(Graph graph, string stem, string tensor, LogarithmicCode code) => LogarithmicSubgraph.Add(new NodeWriter(graph, stem), tensor, code);
}
