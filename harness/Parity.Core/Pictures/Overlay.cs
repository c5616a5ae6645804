using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Parity.Core;

/// <summary>What is drawn over a picture, in pixels of the original picture; so a page can draw any task.</summary>
public sealed record Overlay(ImmutableArray<OverlayShape> Shapes)
{
    public static Overlay Empty { get; } = new([]);
}

/// <param name="Label">What it is ("person"); null draws no label.</param>
/// <param name="Score">0 to 1; null for ground truth.</param>
/// <param name="Group">Class index or the like: shapes of one group share a colour.</param>
[JsonDerivedType(typeof(BoxShape), "box")]
[JsonDerivedType(typeof(PolylineShape), "polyline")]
[JsonDerivedType(typeof(PointShape), "point")]
[JsonDerivedType(typeof(TextShape), "text")]
[JsonDerivedType(typeof(MaskShape), "mask")]
public abstract record OverlayShape(string? Label, double? Score, int Group);

public sealed record BoxShape(double X, double Y, double Width, double Height, string? Label, double? Score, int Group) : OverlayShape(Label, Score, Group);

public sealed record PolylineShape(ImmutableArray<double> Xy, bool Closed, string? Label, double? Score, int Group) : OverlayShape(Label, Score, Group);

public sealed record PointShape(double X, double Y, string? Label, double? Score, int Group) : OverlayShape(Label, Score, Group);

public sealed record TextShape(double X, double Y, string Text, double? Score, int Group) : OverlayShape(Text, Score, Group);

/// <param name="Rle">Run lengths over rows of a mask of the picture's size, starting with a run of zeros.</param>
public sealed record MaskShape(int Width, int Height, ImmutableArray<int> Rle, string? Label, double? Score, int Group) : OverlayShape(Label, Score, Group);
