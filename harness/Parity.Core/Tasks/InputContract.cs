using System.Collections.Immutable;

namespace Parity.Core;

public enum TensorLayout { Nchw, Nhwc }

public enum ColorOrder { Bgr, Rgb }

/// <summary>
/// What a session's input must look like. A pixel v of 0..255 in channel c becomes (v * Scale - Mean[c]) / Std[c], with channels in the order of
/// <paramref name="Color"/>; UInt8 takes v itself, so Scale is then 1, Mean 0 and Std 1 (normalisation inside the model).
/// </summary>
public sealed record InputContract(
    ElementType Type, TensorLayout Layout, ColorOrder Color, int Width, int Height, double Scale, ImmutableArray<double> Mean, ImmutableArray<double> Std)
{
    public bool Equals(InputContract? other) => other is not null
        && (Type, Layout, Color, Width, Height, Scale) == (other.Type, other.Layout, other.Color, other.Width, other.Height, other.Scale)
        && Mean.SequenceEqual(other.Mean) && Std.SequenceEqual(other.Std);

    public override int GetHashCode() => HashCode.Combine(Type, Layout, Color, Width, Height, Scale);
}
