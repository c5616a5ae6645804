using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Comparing;

/// <summary>One layer's divergences on one image; the last two null where weights and activations cannot be told apart.</summary>
public sealed record LayerMeasured(TensorDivergence Isolated, TensorDivergence? WeightsOnly, TensorDivergence? Activations);

/// <summary>Errors of the quantized layers of one target by themselves, image after image. Keeps small records and none of the tensors. Not thread-safe.</summary>
/// <param name="layers">Name in the reference, name in the target and the reference's tensors that feed it.</param>
public sealed class LayerErrors(ImmutableArray<(string Reference, string Target, ImmutableArray<string> Inputs)> layers)
{
    private readonly DivergenceAccumulator _isolated = new(DivergenceKind.Isolated);
    private readonly DivergenceAccumulator _weights = new(DivergenceKind.IsolatedWeights);
    private readonly DivergenceAccumulator _activations = new(DivergenceKind.IsolatedActivations);
    private readonly ImmutableArray<LayerErrorImage>.Builder[] _images = [.. layers.Select(_ => ImmutableArray.CreateBuilder<LayerErrorImage>())];

    /// <param name="accumulated">Of every matched tensor on this image, by name in the reference. A tensor that is missing is an input of the model, which has no error.</param>
    /// <param name="measured">In the order of the layers.</param>
    public void Add(string image, IReadOnlyDictionary<string, TensorDivergence> accumulated, ReadOnlySpan<LayerMeasured> measured)
    {
        for (int i = 0; i < layers.Length; i++)
        {
            var (reference, target, inputs) = layers[i];
            LayerMeasured layer = measured[i];
            _isolated.Add(reference, target, image, layer.Isolated);
            if (layer.WeightsOnly is { } weights && layer.Activations is { } activations)
            {
                _weights.Add(reference, target, image, weights);
                _activations.Add(reference, target, image, activations);
            }
            double? own = accumulated[reference].Nmse, before = 0;
            foreach (string input in inputs)
            {
                double? error = accumulated.TryGetValue(input, out TensorDivergence? fed) ? fed.Nmse : 0;
                before = before is { } a && error is { } b ? Math.Max(a, b) : null;
            }
            _images[i].Add(new LayerErrorImage(image, own, layer.Isolated.Nmse, layer.WeightsOnly?.Nmse, layer.Activations?.Nmse, own - before));
        }
    }

    /// <summary>In the order of the layers.</summary>
    public ImmutableArray<LayerError> ToErrors()
    {
        var isolated = ByName(_isolated);
        var weights = ByName(_weights);
        var activations = ByName(_activations);
        return
        [
            .. layers.Select((layer, i) => (Layer: layer, Images: _images[i].ToImmutable(), Key: (layer.Reference, layer.Target)))
                .Where(l => !l.Images.IsEmpty)
                .Select(l => new LayerError(
                    l.Layer.Reference, l.Layer.Target, l.Layer.Inputs, isolated[l.Key], weights.GetValueOrDefault(l.Key), activations.GetValueOrDefault(l.Key),
                    Median(l.Images), l.Images)),
        ];
    }

    private static double? Median(ImmutableArray<LayerErrorImage> images)
    {
        if (images.Any(i => i.Increase is null))
            return null;
        double[] sorted = [.. images.Select(i => i.Increase!.Value).Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static Dictionary<(string, string), Divergence> ByName(DivergenceAccumulator accumulator) =>
        accumulator.ToDivergences().ToDictionary(d => (d.Reference, d.Target));
}
