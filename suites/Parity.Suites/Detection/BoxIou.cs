namespace Parity.Suites.Detection;

/// <summary>Overlap of two boxes of any precision, in double.</summary>
internal static class BoxIou
{
    /// <returns>Intersection over union, 0 to 1.</returns>
    public static double Of(in DetectedBox a, in DetectedBox b)
    {
        double width = Math.Min((double)a.X + a.Width, (double)b.X + b.Width) - Math.Max(a.X, b.X);
        double height = Math.Min((double)a.Y + a.Height, (double)b.Y + b.Height) - Math.Max(a.Y, b.Y);
        double shared = width * height;
        return width > 0 && height > 0 ? shared / ((double)a.Width * a.Height + (double)b.Width * b.Height - shared) : 0;
    }
}
