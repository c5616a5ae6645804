using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Scenes;

/// <param name="Figures">In drawing order: later ones hide earlier ones.</param>
/// <param name="Instances">By pixel, rows from the top: 1 + the index of the figure seen there, else 0.</param>
/// <param name="Classes">By pixel, rows from the top: a <see cref="FigureSceneClass"/>.</param>
public sealed record FigureScene(Picture Picture, ImmutableArray<Figure> Figures, ImmutableArray<byte> Instances, ImmutableArray<byte> Classes);

/// <summary>What a pixel of a figure scene shows; a pixel belongs to what covers half of it or more.</summary>
public enum FigureSceneClass { Background, Figure, Disc, Square }

/// <summary>A jointed figure: the tight box of its visible pixels (X + Width is exclusive) and its joints by <see cref="FigureJoint"/>.</summary>
public sealed record Figure(int X, int Y, int Width, int Height, int VisiblePixels, ImmutableArray<JointPlace> Joints);

/// <summary>The joints in the order of the labels; the figure faces the viewer, so its right is on the picture's left.</summary>
public enum FigureJoint { Head, Neck, RightHand, LeftHand, Hip, RightFoot, LeftFoot }

/// <param name="X">Pixels from the left edge, where the first pixel's centre is .5.</param>
/// <param name="Visibility">As in COCO: 0 outside the picture (X and Y are 0 then), 1 hidden by something else, 2 seen.</param>
public readonly record struct JointPlace(double X, double Y, int Visibility);
