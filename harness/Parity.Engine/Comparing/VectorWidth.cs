using System.Collections.Immutable;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Parity.Engine.Comparing;

/// <summary>Instruction set of a vectorised sum. Every width gives the same bits; they differ in time only.</summary>
public enum VectorWidth { Scalar = 32, Bits128 = 128, Bits256 = 256, Bits512 = 512 }

/// <summary>What this processor has.</summary>
public static class VectorWidths
{
    /// <summary>From narrowest to widest.</summary>
    public static ImmutableArray<VectorWidth> Supported { get; } =
        [.. Enum.GetValues<VectorWidth>().Where(IsSupported)];

    public static VectorWidth Widest { get; } = Supported[^1];

    private static bool IsSupported(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported && Avx512DQ.IsSupported,
        VectorWidth.Bits256 => Vector256.IsHardwareAccelerated && Avx2.IsSupported && Fma.IsSupported,
        VectorWidth.Bits128 => Vector128.IsHardwareAccelerated,
        _ => true,
    };
}
