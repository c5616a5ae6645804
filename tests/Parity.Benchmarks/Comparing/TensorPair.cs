using Parity.Core;
using Parity.Engine.Comparing;

namespace Parity.Benchmarks.Comparing;

/// <summary>A bell-shaped reference tensor and a target with a little noise.</summary>
internal static class TensorPair
{
    public static (float[] Reference, float[] Target) Create(int elements)
    {
        float[] reference = GC.AllocateUninitializedArray<float>(elements), target = GC.AllocateUninitializedArray<float>(elements);
        var random = new Random(1);
        for (int i = 0; i < elements; i++)
        {
            reference[i] = random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f;
            target[i] = reference[i] + ((random.NextSingle() - 0.5f) * 0.01f);
        }
        return (reference, target);
    }

    /// <summary>Clips one value in a hundred or so on either side.</summary>
    public static QuantizationAccumulator Quantizer() =>
        new(new QuantizationGrid("q", ElementType.Int8, null, [0.0095], [0]), QuantizationView.Values);
}
