using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>What the target's compiler makes of a float graph before it quantizes. Each rewrite computes the same within float rounding.</summary>
/// <param name="FocusAsConvolution">A Focus (every second pixel into four blocks of channels) and its Conv become one Conv with kernel and stride twice as large.</param>
/// <param name="HardSwishAsOne">x relu6(x + 3) / 6, written operator by operator, is one HardSwish.</param>
/// <param name="InputNormalization">Factors and offsets between the input and the first Conv go into its weights and bias, so that the input has pixel values.</param>
/// <param name="BatchNorm">Of a batch norm that follows no convolution.</param>
/// <param name="MaxPools">Null: pools stay.</param>
/// <param name="Limits">What operators must satisfy to run on the chip; they are asked after the rewrites.</param>
public sealed record CompilerRules(
    bool FocusAsConvolution,
    bool HardSwishAsOne,
    bool InputNormalization,
    BatchNormForm BatchNorm,
    PoolSplit? MaxPools,
    ImmutableArray<OperatorLimit> Limits)
{
    public static CompilerRules AsWritten { get; } = new(false, false, false, BatchNormForm.Kept, null, []);
}

/// <summary>What a batch norm that follows no convolution becomes.</summary>
public enum BatchNormForm { Kept, MulAdd, DepthwiseConvolution }

/// <summary>Square MaxPools with stride 1 that keep the size become chains of smaller ones: 9 is two 5s, 13 three.</summary>
/// <param name="Largest">Kernels above it are split.</param>
/// <param name="Step">Odd kernel of the chain's pools; the last may be smaller.</param>
public sealed record PoolSplit(int Largest, int Step);
