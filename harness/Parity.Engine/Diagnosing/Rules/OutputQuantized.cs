using Parity.Core;
using Parity.Lowering;

namespace Parity.Engine.Diagnosing;

/// <summary>The last tensor rounded to codes: its error meets the metric with no layer in between.</summary>
internal sealed class OutputQuantized : IRule
{
    /// <summary>Of a chip that rounds its outputs anyway: 20 dB.</summary>
    private const double LeastLoss = 0.01;

    public string Id => "output-quantized";

    public string Title => "Output layer quantized";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        if (target.Profile.Quantization is not { } rules)
            return [];
        bool asked = rules.Placement == PairPlacement.OperatorOutputs;
        return
            from q in SeenQuantizer.Of(target)
            where Layout.LeadsToOutput(target.Model.Graph, q.Pair.Tensor) && (!asked || q.Loss >= LeastLoss)
            select target.Find(this, asked ? Certainty.Hint : Certainty.Likely, q.Blamed, q.Tensor,
                FormattableString.Invariant($"an output of the model is rounded to {q.Seen.Tensor.CodesUsed} codes{(q.Loss is { } loss ? FormattableString.Invariant($", which costs {loss:P2} of its signal") : "")}")
                    + (asked ? "" : $"; {target.Profile.Name} leaves outputs in float unless the model asks for codes"),
                [new("NMSE of the quantizer", q.Loss, "", asked ? LeastLoss : null), new("codes used", q.Seen.Tensor.CodesUsed, "")],
                "Leave the last layer and its output in float.", q.Loss ?? 0, target.InFloat(q.Blamed));
    }
}
