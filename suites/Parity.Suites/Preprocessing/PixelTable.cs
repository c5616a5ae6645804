using Parity.Core;

namespace Parity.Suites.Preprocessing;

/// <summary>
/// What each byte becomes in each channel, so that converting is a look-up: exact, and the same on every instruction set. Float32 rounds after
/// each step as numpy does on float32 arrays: first v * scale, then - mean, then / std. A reference that divides by 255 is therefore
/// <c>scale: 1</c> with <c>std: [255, 255, 255]</c>; <c>scale: 1/255</c> multiplies, which differs in the last bit of some values.
/// </summary>
internal static class PixelTable
{
    /// <returns>3 x 256 values, in the order of the contract's channels.</returns>
    public static float[] Float32(InputContract contract)
    {
        var table = new float[3 * 256];
        float scale = (float)contract.Scale;
        for (int c = 0; c < 3; c++)
        {
            float mean = (float)contract.Mean[c], std = (float)contract.Std[c];
            for (int v = 0; v < 256; v++)
            {
                float scaled = v * scale;
                float centred = scaled - mean;
                table[c * 256 + v] = centred / std;
            }
        }
        return table;
    }

    /// <summary>The float32 values rounded to half precision.</summary>
    public static Half[] Float16(InputContract contract) => Array.ConvertAll(Float32(contract), v => (Half)v);

    public static byte[] UInt8()
    {
        var table = new byte[3 * 256];
        for (int i = 0; i < table.Length; i++)
            table[i] = (byte)i;
        return table;
    }
}
