namespace Parity.Suites.Geometry;

/// <summary>Areas of polygons and of what they share, in double. Either orientation; the last corner joins the first.</summary>
/// <remarks>
/// Convex polygons are clipped at each other's sides (Sutherland and Hodgman 1974). Others are signed sums of the triangles between their first
/// corner and each side, which holds for every polygon that does not cross itself.
/// </remarks>
public static class PolygonOverlap
{
    /// <returns>At least 0.</returns>
    public static double Area(ReadOnlySpan<Point> polygon) => Math.Abs(SignedArea(polygon));

    public static double Intersection(ReadOnlySpan<Point> a, ReadOnlySpan<Point> b)
    {
        if (a.Length < 3 || b.Length < 3 || !BoxesMeet(a, b))
            return 0;
        double shared = IsConvex(a) && IsConvex(b) ? Clipped(a, b) : OfTriangles(a, b);
        // Rounding must not give more than all of either.
        return Math.Clamp(shared, 0, Math.Min(Area(a), Area(b)));
    }

    /// <returns>0 to 1; 0 where neither has an area.</returns>
    public static double Iou(ReadOnlySpan<Point> a, ReadOnlySpan<Point> b)
    {
        double shared = Intersection(a, b), union = Area(a) + Area(b) - shared;
        return union > 0 ? shared / union : 0;
    }

    private static bool BoxesMeet(ReadOnlySpan<Point> a, ReadOnlySpan<Point> b)
    {
        (Point least, Point most) = Bounds(a);
        (Point otherLeast, Point otherMost) = Bounds(b);
        return least.X < otherMost.X && otherLeast.X < most.X && least.Y < otherMost.Y && otherLeast.Y < most.Y;
    }

    private static (Point Least, Point Most) Bounds(ReadOnlySpan<Point> polygon)
    {
        (double left, double top, double right, double bottom) = (double.PositiveInfinity, double.PositiveInfinity, double.NegativeInfinity, double.NegativeInfinity);
        foreach (Point p in polygon)
            (left, top, right, bottom) = (Math.Min(left, p.X), Math.Min(top, p.Y), Math.Max(right, p.X), Math.Max(bottom, p.Y));
        return (new Point(left, top), new Point(right, bottom));
    }

    private static double OfTriangles(ReadOnlySpan<Point> a, ReadOnlySpan<Point> b)
    {
        double sum = 0;
        Span<Point> one = stackalloc Point[3], other = stackalloc Point[3];
        for (int i = 1; i + 1 < a.Length; i++)
        {
            (one[0], one[1], one[2]) = (a[0], a[i], a[i + 1]);
            for (int j = 1; j + 1 < b.Length; j++)
            {
                (other[0], other[1], other[2]) = (b[0], b[j], b[j + 1]);
                sum += Math.Sign(SignedArea(one)) * Math.Sign(SignedArea(other)) * Clipped(one, other);
            }
        }
        return Math.Abs(sum);
    }

    /// <summary>Area of what is left of one convex polygon after each side of another has cut it.</summary>
    private static double Clipped(ReadOnlySpan<Point> subject, ReadOnlySpan<Point> clip)
    {
        double orientation = Math.Sign(SignedArea(clip));
        if (orientation == 0)
            return 0;
        // Each cut of a convex polygon adds at most one corner.
        int most = subject.Length + clip.Length;
        Span<Point> from = most <= 64 ? stackalloc Point[most] : new Point[most];
        Span<Point> to = most <= 64 ? stackalloc Point[most] : new Point[most];
        subject.CopyTo(from);
        int count = subject.Length;
        for (int side = 0; side < clip.Length && count > 0; side++)
        {
            Point start = clip[side], end = clip[side + 1 == clip.Length ? 0 : side + 1];
            int kept = 0;
            Point previous = from[count - 1];
            double before = orientation * Cross(start, end, previous);
            for (int i = 0; i < count; i++)
            {
                Point corner = from[i];
                double here = orientation * Cross(start, end, corner);
                if ((before < 0 && here > 0) || (before > 0 && here < 0))
                {
                    double part = before / (before - here);
                    to[kept++] = new Point(previous.X + (part * (corner.X - previous.X)), previous.Y + (part * (corner.Y - previous.Y)));
                }
                if (here >= 0)
                    to[kept++] = corner;
                (previous, before) = (corner, here);
            }
            Span<Point> swap = from;
            from = to;
            to = swap;
            count = kept;
        }
        return count < 3 ? 0 : Area(from[..count]);
    }

    private static bool IsConvex(ReadOnlySpan<Point> polygon)
    {
        int left = 0, right = 0;
        double turned = 0;
        for (int i = 0; i < polygon.Length; i++)
        {
            Point a = polygon[i], b = polygon[(i + 1) % polygon.Length], c = polygon[(i + 2) % polygon.Length];
            double cross = Cross(a, b, c);
            left += cross > 0 ? 1 : 0;
            right += cross < 0 ? 1 : 0;
            turned += Math.Abs(Math.Atan2(cross, ((b.X - a.X) * (c.X - b.X)) + ((b.Y - a.Y) * (c.Y - b.Y))));
        }
        // A star turns one way at every corner too, but twice round.
        return (left == 0 || right == 0) && turned < 3 * Math.PI;
    }

    private static double SignedArea(ReadOnlySpan<Point> polygon)
    {
        double twice = 0;
        for (int i = 1; i + 1 < polygon.Length; i++)
            twice += Cross(polygon[0], polygon[i], polygon[i + 1]);
        return twice / 2;
    }

    private static double Cross(Point a, Point b, Point c) => ((b.X - a.X) * (c.Y - a.Y)) - ((b.Y - a.Y) * (c.X - a.X));
}
