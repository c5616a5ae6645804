using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>
/// How often values fell where, in units of codes, so that channels of different scales add up. The real value of a code is
/// (code - zero point) x scale. Each code has the same number of bins, or each bin the same number of codes; a code's bins reach from half a
/// code below it to half a code above.
/// </summary>
/// <param name="FirstEdge">Lower edge of the first bin: the lowest code less one half.</param>
/// <param name="BinWidth">In codes: 1/8 for 8-bit types, 32 for 16-bit types.</param>
/// <param name="Counts">At most 2,048 bins.</param>
/// <param name="Below">Values clipped low.</param>
/// <param name="Above">Values clipped high.</param>
public sealed record CodeHistogram(double FirstEdge, double BinWidth, ImmutableArray<long> Counts, long Below, long Above)
{
    /// <summary>Neighbouring bins joined until there are at most <paramref name="most"/>.</summary>
    public CodeHistogram Coarsen(int most)
    {
        int group = (Counts.Length + most - 1) / most;
        return group <= 1 ? this : this with { BinWidth = BinWidth * group, Counts = [.. Counts.Chunk(group).Select(bins => bins.Sum())] };
    }
}
