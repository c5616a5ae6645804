using Parity.Core;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>How a tapped tensor is read.</summary>
/// <param name="Name">The tensor asked for.</param>
/// <param name="Source">The model output (or input) that carries it: itself, or the quantized tensor beside it.</param>
/// <param name="Dequantization">Null when the source is the tensor itself.</param>
internal sealed record Tap(string Name, string Source, Dequantization? Dequantization)
{
    public Tensor Read(Tensor source) => Dequantization is null ? source : source.AsCodes(Dequantization);
}
