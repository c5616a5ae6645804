using Parity.Core;
using Parity.Lowering;

namespace Parity.Engine.Diagnosing;

/// <summary>A zero point where the chip's arithmetic has none: it is refused, or silently taken as 0.</summary>
internal sealed class ZeroPointForbidden : IRule
{
    public string Id => "zero-point-forbidden";

    public string Title => "Zero point nonzero where the target forbids it";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        if (target.Profile.Quantization is not { } rules)
            yield break;
        foreach (QdqRecord pair in target.Target.Qdq)
        {
            Symmetry symmetry = pair.Kind switch { "activation" => rules.Activations.Symmetry, "weight" => rules.Weights.Symmetry, _ => Symmetry.Symmetric };
            if (symmetry != Symmetry.Symmetric || pair.ZeroPoints.FirstOrDefault(z => z != 0) is not (not 0 and var zero))
                continue;
            var node = pair.Kind == "activation" ? target.MakerOf(pair.Tensor) ?? target.Model.Graph.NodeNamed(pair.Consumers.FirstOrDefault() ?? "") : target.Model.Graph.NodeNamed(pair.Consumers.FirstOrDefault() ?? "");
            yield return target.Find(this, Certainty.Certain, node, pair.Source ?? pair.Tensor, $"its {pair.Kind} quantizer has the zero point {zero}, and {target.Profile.Name} computes with 0",
                [new("zero point", zero, "", 0)], "Quantize symmetrically for this target.", 1, target.InFloat(node));
        }
    }
}
