using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>A lowered model whose constants alone are quantized: its float twin, without the operators that quantize activations in place of pairs.</summary>
public static class UnquantizedActivations
{
    /// <exception cref="FaultException">Columns of an operator's input go to operators with other weights, so that no model has the quantized weights alone.</exception>
    public static OnnxModel Of(LoweringResult lowered)
    {
        if (lowered.Emulated.Activations.FirstOrDefault(e => e.IsPart) is { } part)
        {
            throw new FaultException("outlier columns multiply by weights in half, chosen by the values of each run", $"tensor {part.Source}",
                "Set the target's flag 'outliers' to 'off' to see its weights alone.");
        }
        var model = lowered.Model.Clone();
        var graph = model.Graph;
        foreach (var quantizer in lowered.Emulated.Activations)
        {
            foreach (var reader in graph.ConsumersOf(quantizer.Result))
                graph.ReplaceInput(reader, quantizer.Result, quantizer.Source);
            if (graph.IsOutput(quantizer.Result) && graph.ProducerOf(quantizer.Result) is { } last)
            {
                graph.Remove(last);
                graph.Add(new Node("Identity", [quantizer.Source], [quantizer.Result]));
            }
        }
        graph.Prune();
        return FloatTwin.Of(model);
    }
}
