using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>What the processor's integer dot products do to quantized results.</summary>
internal static class Processor
{
    /// <summary>AVX-512 VNNI or AVX-VNNI: 8-bit products are summed in 32 bits. Null where the question does not arise (not x86).</summary>
    /// <remarks>Intel SDM vol. 2A, CPUID: leaf 7 subleaf 0 ECX bit 11, leaf 7 subleaf 1 EAX bit 4.</remarks>
    public static bool? HasVnni
    {
        get
        {
            if (!X86Base.IsSupported)
                return null;
            bool avx512 = (X86Base.CpuId(7, 0).Ecx & (1 << 11)) != 0;
            bool avx = (X86Base.CpuId(7, 1).Eax & (1 << 4)) != 0;
            return avx512 || avx;
        }
    }

    /// <summary>
    /// Without VNNI, ONNX Runtime's kernels for unsigned times signed bytes add pairs of products in saturating 16-bit lanes (vpmaddubsw), so
    /// large sums are clipped and the same model answers differently.
    /// </summary>
    public static string Describe() => HasVnni switch
    {
        true => "VNNI, 32-bit sums",
        false => "no VNNI: u8 x s8 kernels saturate 16-bit sums of pairs, results differ from processors that have it",
        null => RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
    };
}
