using System.Collections.Immutable;
using Parity.Suites.Geometry;
using Parity.Suites.Rotated;
using Parity.Suites.Tests.Metrics;

namespace Parity.Suites.Tests.Geometry;

public class PolygonOverlapTests
{
    private static readonly ImmutableArray<Point> Square = [new(0, 0), new(2, 0), new(2, 2), new(0, 2)];

    [Fact]
    public void Exact_cases_have_their_exact_areas()
    {
        // The diamond joins the middles of the sides.
        ImmutableArray<Point> diamond = [new(1, 0), new(2, 1), new(1, 2), new(0, 1)];
        PolygonOverlap.Iou(Square.AsSpan(), Square.AsSpan()).Should().Be(1);
        PolygonOverlap.Iou(Square.AsSpan(), diamond.AsSpan()).Should().Be(0.5);
        PolygonOverlap.Iou(Square.AsSpan(), Shift(Square, 1, 0).AsSpan()).Should().BeApproximately(1.0 / 3, 1e-15);
        PolygonOverlap.Iou(Square.AsSpan(), Shift(Square, 2, 0).AsSpan()).Should().Be(0, "they only touch");
        // Two squares of side 2 turned by 45 degrees to each other share a regular octagon of 8 (sqrt 2 - 1).
        PolygonOverlap.Intersection(new RotatedBox(0, 0, 2, 2, 0).Corners().AsSpan(), new RotatedBox(0, 0, 2, 2, Math.PI / 4).Corners().AsSpan())
            .Should().BeApproximately(8 * (Math.Sqrt(2) - 1), 1e-12);
    }

    [Fact]
    public void A_dent_and_the_order_of_corners_are_respected()
    {
        ImmutableArray<Point> ell = [new(0, 0), new(4, 0), new(4, 1), new(1, 1), new(1, 4), new(0, 4)];
        PolygonOverlap.Area(ell.AsSpan()).Should().Be(7);
        PolygonOverlap.Intersection(ell.AsSpan(), Square.AsSpan()).Should().BeApproximately(3, 1e-12);
        PolygonOverlap.Intersection(ell.Reverse().ToArray(), Square.AsSpan()).Should().BeApproximately(3, 1e-12);
        PolygonOverlap.Intersection(ell.AsSpan(), ell.AsSpan()).Should().BeApproximately(7, 1e-12);
        PolygonOverlap.Intersection(ell.AsSpan(), Shift(Square, 1.5, 1.5).AsSpan()).Should().BeApproximately(0, 1e-12, "the square is in the dent");
    }

    [Fact]
    public void What_has_no_area_overlaps_nothing()
    {
        ImmutableArray<Point> line = [new(0, 0), new(2, 2), new(1, 1)];
        PolygonOverlap.Iou(line.AsSpan(), line.AsSpan()).Should().Be(0);
        PolygonOverlap.Iou([], Square.AsSpan()).Should().Be(0);
        PolygonOverlap.Iou(new RotatedBox(1, 1, 0, 5, 0.3).Corners().AsSpan(), Square.AsSpan()).Should().Be(0);
    }

    [Fact]
    public void Turned_boxes_agree_with_OpenCV_and_the_order_does_not_matter()
    {
        var random = new Random(3);
        var pairs = Enumerable.Range(0, 400).Select(_ => (A: Box(random).Corners(), B: Box(random).Corners())).ToArray();
        double[] expected = PythonOracle.Run(
            """
            for p, q in given.reshape(-1, 2, 4, 2).astype(np.float32):
                found.append(cv2.intersectConvexConvex(p, q)[0])
            """, pairs.SelectMany(p => p.A.Concat(p.B)).SelectMany(p => new[] { p.X, p.Y }));

        expected.Count(e => e > 1).Should().BeGreaterThan(100);
        for (int i = 0; i < pairs.Length; i++)
        {
            double shared = PolygonOverlap.Intersection(pairs[i].A.AsSpan(), pairs[i].B.AsSpan());
            shared.Should().BeApproximately(expected[i], 0.02, "OpenCV computes pair {0} in single precision", i);
            PolygonOverlap.Intersection(pairs[i].B.AsSpan(), pairs[i].A.AsSpan()).Should().BeApproximately(shared, 1e-9);
        }
    }

    [Fact]
    public void Simple_polygons_agree_with_counting_points()
    {
        var random = new Random(4);
        for (int round = 0; round < 12; round++)
        {
            ImmutableArray<Point> a = Star(random), b = Star(random);
            int inside = 0;
            for (int y = 0; y < 400; y++)
            {
                for (int x = 0; x < 400; x++)
                    inside += Contains(a, (x + 0.5) / 4, (y + 0.5) / 4) && Contains(b, (x + 0.5) / 4, (y + 0.5) / 4) ? 1 : 0;
            }
            PolygonOverlap.Intersection(a.AsSpan(), b.AsSpan()).Should().BeApproximately(inside / 16.0, 8);
        }
    }

    private static RotatedBox Box(Random random) =>
        new(random.Next(40), random.Next(40), 1 + (30 * random.NextDouble()), 1 + (30 * random.NextDouble()), random.NextDouble() * Math.PI);

    /// <summary>Corners in turn about a centre, near and far.</summary>
    private static ImmutableArray<Point> Star(Random random) => [.. Enumerable.Range(0, 9).Select(i =>
    {
        double radius = 10 + (35 * random.NextDouble());
        (double sin, double cos) = Math.SinCos(2 * Math.PI * i / 9);
        return new Point(50 + (radius * cos), 50 + (radius * sin));
    })];

    private static bool Contains(ImmutableArray<Point> polygon, double x, double y)
    {
        bool inside = false;
        for (int i = 0, j = polygon.Length - 1; i < polygon.Length; j = i++)
        {
            if ((polygon[i].Y > y) != (polygon[j].Y > y) && x < ((polygon[j].X - polygon[i].X) * (y - polygon[i].Y) / (polygon[j].Y - polygon[i].Y)) + polygon[i].X)
                inside = !inside;
        }
        return inside;
    }

    private static ImmutableArray<Point> Shift(ImmutableArray<Point> polygon, double x, double y) => [.. polygon.Select(p => new Point(p.X + x, p.Y + y))];
}
