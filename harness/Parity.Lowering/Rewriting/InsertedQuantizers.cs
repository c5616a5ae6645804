using Parity.Core;

namespace Parity.Lowering;

/// <summary>What writing quantizers into a graph left behind; by the names of the rewritten float graph where not said otherwise.</summary>
internal sealed class InsertedQuantizers
{
    /// <summary>Biases with a code that did not fit.</summary>
    public List<string> SaturatedBiases { get; } = [];

    /// <summary>Names of the float constants that became codes, by their dequantized tensor.</summary>
    public Dictionary<string, string> Constants { get; } = new(StringComparer.Ordinal);

    /// <summary>The tensor that a quantizer is for, by the one in front of its Q: an output of the model, or what is rounded before its pair.</summary>
    public Dictionary<string, string> Sources { get; } = new(StringComparer.Ordinal);

    /// <summary>Tensors that hold quantized values, with the type of their codes: behind DQ, or behind operators in place of a pair.</summary>
    public Dictionary<string, ElementType> Quantized { get; } = new(StringComparer.Ordinal);

    /// <summary>The tensor that shows what the quantizer of another one does to it, where that is not its own pair.</summary>
    public Dictionary<string, string> Stands { get; } = new(StringComparer.Ordinal);

    /// <summary>By weighted operator: scalar with the share of its columns that were outliers.</summary>
    public Dictionary<string, string> OutlierShares { get; } = new(StringComparer.Ordinal);

    /// <summary>Operators that multiply outliers, each beside the one that multiplies codes.</summary>
    public HashSet<string> OutlierNodes { get; } = new(StringComparer.Ordinal);

    /// <summary>Quantizers without a Q/DQ pair.</summary>
    public int Unpaired { get; set; }

    public List<EmulatedQuantizer> Emulated { get; } = [];

    /// <summary>Initializers with values of codes, without a DQ.</summary>
    public List<string> EmulatedConstants { get; } = [];
}
