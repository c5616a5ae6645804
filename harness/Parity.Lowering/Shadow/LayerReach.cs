using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>What lies between one matched tensor of a lowered model and the matched tensors before it.</summary>
/// <param name="Fed">The reference's tensors that stand for those before, and inputs of the model; as first read.</param>
/// <param name="IsQuantized">Whether a quantizer lies between or behind.</param>
/// <param name="HasQuantizedConstant">Whether a constant of codes lies between.</param>
internal sealed record LayerReach(ImmutableArray<string> Fed, bool IsQuantized, bool HasQuantizedConstant)
{
    /// <param name="fed">The reference's tensor by each matched tensor of the lowered model.</param>
    /// <param name="emulated">What operators in place of Q and DQ make.</param>
    /// <param name="emulatedConstants">Constants with values of codes, without a DQ.</param>
    /// <param name="isQuantizedBehind">By operators, not a Q.</param>
    public static LayerReach Of(
        Graph graph, string tensor, IReadOnlyDictionary<string, string> fed, IReadOnlySet<string> emulated, IReadOnlySet<string> emulatedConstants, bool isQuantizedBehind)
    {
        var inputs = ImmutableArray.CreateBuilder<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        bool quantized = isQuantizedBehind || graph.ConsumersOf(tensor).Any(QdqView.IsQuantize), constants = false;
        var open = new Queue<Node>([graph.ProducerOf(tensor)!]);
        while (open.TryDequeue(out Node? node))
        {
            quantized |= QdqView.IsQuantize(node) || QdqView.IsDequantize(node);
            constants |= (QdqView.IsDequantize(node) && graph.Constant(node.Input(0)) is not null) || node.Inputs.Any(emulatedConstants.Contains);
            quantized |= node.Inputs.Any(i => emulated.Contains(i) || emulatedConstants.Contains(i));
            foreach (string input in node.Inputs.Where(i => i.Length > 0 && seen.Add(i)))
            {
                if (fed.TryGetValue(input, out string? reference))
                    inputs.Add(reference);
                else if (graph.ProducerOf(input) is { } producer)
                    open.Enqueue(producer);
                else if (graph.IsInput(input))
                    inputs.Add(input);
            }
        }
        return new LayerReach([.. inputs.Distinct(StringComparer.Ordinal)], quantized, constants);
    }
}
