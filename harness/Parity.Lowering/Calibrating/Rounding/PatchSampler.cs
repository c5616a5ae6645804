using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Keeps a sample of what one weighted operator multiplies with its weights: for a convolution the patches under the kernel (im2col), for a product the rows. Of all positions of
/// all inputs so many are kept as were asked for, each as likely as any other within its input (reservoir sampling), so that memory does not grow with the inputs.
/// </summary>
internal sealed class PatchSampler
{
    private readonly PatchGeometry _geometry;
    private readonly float[][] _rows;
    private readonly float[] _patch;
    private SplitMix64 _random;
    private int _seen;

    /// <param name="seed">With <paramref name="stream"/>, one per layer, the only source of chance.</param>
    public PatchSampler(PatchGeometry geometry, int samples, ulong seed, int stream)
    {
        _geometry = geometry;
        _rows = new float[samples][];
        _patch = new float[geometry.RowLength];
        _random = new SplitMix64(seed, stream);
    }

    public string Tensor => _geometry.Input;

    /// <summary>Rows kept, in an order of chance; a row is [group][element of the group's kernel].</summary>
    public ReadOnlySpan<float[]> Rows => _rows.AsSpan(0, Math.Min(_seen, _rows.Length));

    public void Observe(Tensor input)
    {
        int positions = _geometry.Positions(input.Shape);
        if (positions == 0)
            return;
        // From each input an eighth of the sample: ten inputs are enough to fill it and no input rules it.
        int draws = Math.Max(1, _rows.Length / 8);
        for (int i = 0; i < draws; i++)
        {
            int position = _random.Below(positions);
            int place = _seen < _rows.Length ? _seen : _random.Below(_seen + 1);
            _seen++;
            if (place >= _rows.Length)
                continue;
            _geometry.Copy(input, position, _patch);
            _patch.CopyTo(_rows[place] ??= new float[_patch.Length], 0);
        }
    }
}
