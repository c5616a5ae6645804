using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>
/// Where the target loses and nothing is broken: the layers that lose most by themselves, fed the reference's tensors. That a layer loses does not say that the metric
/// minds, so these are hints until their swap was measured.
/// </summary>
internal sealed class LossyLayer : IRule
{
    private const int Shown = 5;

    /// <summary>Of the headline metric, one point, and surely more than nothing.</summary>
    private const double LeastDrop = 0.01;

    /// <summary>40 dB by itself: less is no loss that a network notices.</summary>
    private const double LeastNmse = 1e-4;

    public const string Rule = "lossy-layer";

    public string Id => Rule;

    public string Title => "Layer that loses most by itself";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        if (target.Target.Drops.FirstOrDefault() is not { InsideNoiseFloor: false, Drop: { } drop, Lower: > 0 } headline || drop < LeastDrop || target.Target.Probe?.Errors is not { } errors)
            return [];
        var found =
            from error in errors
            let nmse = error.Isolated.Nmse.Median
            where nmse >= LeastNmse
            let node = Switchable(target, error.Target)
            where node is not null
            group (Error: error, Nmse: nmse!.Value) by node into layer
            let worst = layer.MaxBy(e => e.Nmse)
            orderby worst.Nmse descending, layer.Key.Name
            select (layer.Key, worst) into layer
            let weights = layer.worst.Error.WeightsOnly?.Nmse.Median
            let activations = layer.worst.Error.Activations?.Nmse.Median
            select target.Find(this, Certainty.Hint, layer.Key, layer.worst.Error.Reference,
                FormattableString.Invariant($"{headline.Name} loses {drop * 100:0.00} points, and this layer by itself loses {layer.worst.Nmse:P2} of its signal")
                    + (weights is null || activations is null ? "" : FormattableString.Invariant($", {weights:P2} by its weights and {activations:P2} by its activations")),
                [new("NMSE by itself", layer.worst.Nmse, "", LeastNmse), new("NMSE of the weights alone", weights, ""), new("NMSE of the activations alone", activations, "")],
                weights > activations
                    ? "Give the weights scales per channel or another calibrator where the chip can, or keep the layer in float or int16; `parity advise` searches for the fewest such layers."
                    : "Try another calibrator for its activations, or keep the layer in float or int16; `parity advise` searches for the fewest such layers.",
                layer.worst.Nmse, target.InFloat(layer.Key));
        return found.Take(Shown);
    }

    /// <summary>The operator that computed what the tensor holds: those that only moved it have nothing to switch.</summary>
    private static Node? Switchable(TargetCase target, string tensor)
    {
        Node? node = target.MakerOf(tensor);
        while (node is not null && Layout.Moves(node) && !node.Is("Concat"))
            node = target.MakerOf(node.Input(0));
        return node;
    }
}
