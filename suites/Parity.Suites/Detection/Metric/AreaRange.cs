namespace Parity.Suites.Detection;

/// <summary>Objects of a size, in square pixels, both ends included.</summary>
public sealed record AreaRange(string Name, double Least, double Most)
{
    public bool Contains(double area) => !(area < Least || area > Most);
}
