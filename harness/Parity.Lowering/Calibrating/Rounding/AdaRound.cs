using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Chooses for every weight the code below or above it by what the layer's float inputs make of it: see <see cref="RoundingProblem"/>. An output channel keeps the choice only where it
/// is better than rounding to nearest on samples that were not trained on.
/// </summary>
internal static class AdaRound
{
    /// <summary>Samples kept at a time; layers beyond it read the calibration inputs again.</summary>
    private const long LargestSampleBytes = 256L << 20;

    /// <param name="layers">Operators with constant weights, each with weights of its own.</param>
    public static void Apply(
        OnnxModel model, ImmutableArray<Node> layers, NumberFormat format, AdaRoundOptions options, ActivationStream activations, ImmutableArray<string>.Builder notes, Action<int, int>? progress)
    {
        if (format.Scale == ScaleForm.Logarithm)
        {
            notes.Add("AdaRound was not applied: the target's weight codes do not lie at equal steps");
            return;
        }
        var graph = model.Graph;
        var solvable = layers.Select((n, i) => (Node: n, Index: i, Geometry: PatchGeometry.Of(graph, n))).Where(l => l.Geometry is not null).ToList();
        var left = layers.Except(solvable.Select(l => l.Node)).Select(n => n.Name).ToList();
        double relative = 0;
        int done = 0;
        for (int from = 0; from < solvable.Count;)
        {
            var batch = new List<(Node Node, int Index, PatchGeometry Geometry, PatchSampler Sampler)>();
            for (long bytes = 0; from < solvable.Count && (batch.Count == 0 || bytes + Bytes(solvable[from].Geometry!) <= LargestSampleBytes); from++)
            {
                var (node, index, geometry) = solvable[from];
                bytes += Bytes(geometry!);
                batch.Add((node, index, geometry!, new PatchSampler(geometry!, options.Samples, options.Seed, index)));
            }
            foreach (var values in activations(model, [.. batch.Select(b => b.Geometry.Input).Distinct(StringComparer.Ordinal)]))
                foreach (var layer in batch)
                    layer.Sampler.Observe(values[layer.Sampler.Tensor]);
            foreach (var layer in batch)
            {
                var solution = new LayerRounding(graph, layer.Node, layer.Geometry, format).Solve(layer.Sampler.Rows, options, layer.Index);
                WeightCalibration.Replace(graph, layer.Node, solution.Weights);
                relative += solution.RelativeError;
                done++;
                progress?.Invoke(done, solvable.Count);
            }
        }
        if (done > 0)
            notes.Add(FormattableString.Invariant($"AdaRound ({options.Iterations} iterations, {options.Samples} samples) on {done} layers: squared output error on samples not trained on is {relative / done:0.000} of rounding to nearest's, mean over layers"));
        if (left.Count > 0)
            notes.Add($"AdaRound left to nearest rounding: {string.Join(", ", left)}");

        long Bytes(PatchGeometry geometry) => (long)geometry.RowLength * options.Samples * sizeof(float);
    }
}
