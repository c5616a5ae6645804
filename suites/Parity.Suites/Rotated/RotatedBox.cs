using System.Collections.Immutable;
using Parity.Suites.Geometry;

namespace Parity.Suites.Rotated;

/// <summary>A box turned about its centre, in pixels of the picture.</summary>
/// <param name="Angle">Radians from the x axis to the side of <paramref name="Width"/>, towards the y axis, which points down.</param>
public readonly record struct RotatedBox(double CenterX, double CenterY, double Width, double Height, double Angle)
{
    /// <summary>The four corners in turn.</summary>
    public ImmutableArray<Point> Corners()
    {
        (double sin, double cos) = Math.SinCos(Angle);
        (double x, double y) = (CenterX, CenterY);
        (double alongX, double alongY) = (cos * Width / 2, sin * Width / 2);
        (double acrossX, double acrossY) = (-sin * Height / 2, cos * Height / 2);
        return
        [
            new(x - alongX - acrossX, y - alongY - acrossY), new(x + alongX - acrossX, y + alongY - acrossY),
            new(x + alongX + acrossX, y + alongY + acrossY), new(x - alongX + acrossX, y - alongY + acrossY),
        ];
    }
}
