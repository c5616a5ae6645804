using System.Collections.Immutable;

namespace Parity.Reports;

/// <summary>What the pages' measures mean, in a sentence each.</summary>
public static class Definitions
{
    public static ImmutableSortedDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["Accumulated"] = "Everything before the tensor ran on the target too.",
        ["Clipping error"] = "Mean over all elements of the squared error of values that lie beyond the ends of the grid.",
        ["Cosine"] = "sum(rq) / (|r| |q|) of the float model's tensor r and the target's q, each image by itself. 1 is the same direction.",
        ["Drop"] = "How much worse the target is than the float model, in points of 100, whatever the direction of the metric. Negative is better.",
        ["Expected rounding"] = "scale² / 12: the rounding error of values spread evenly between codes.",
        ["Increase"] = "Accumulated NMSE less the largest accumulated NMSE among the layer's inputs: what the layer adds.",
        ["Isolated"] = "The layer was fed the float model's own tensors, so that only its own quantization shows.",
        ["MACs"] = "Multiply-accumulates of one run of the model.",
        ["NMSE"] = "sum (r - q)² / sum r²: the error's energy over the signal's.",
        ["Rounding error"] = "Mean over all elements of the squared error of values within the grid.",
        ["Scale"] = "The real value of one step of the code.",
        ["SQNR"] = "10 log10(sum r² / sum (r - q)²) in dB, r the float model's tensor and q the target's, each image by itself. Higher is better; 6 dB are one bit.",
        ["Zero point"] = "The code that stands for the real value 0.",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
