using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>Objects of a size, in square pixels, both ends included.</summary>
public sealed record AreaRange(string Name, double Least, double Most)
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(double area) => !(area < Least || area > Most);
}
