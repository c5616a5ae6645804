using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Scenes;

/// <param name="Boxes">One for every shape drawn, in drawing order: later ones hide earlier ones.</param>
public sealed record Scene(Picture Picture, ImmutableArray<SceneBox> Boxes);

/// <summary>The tight box of a shape's *visible* pixels: those it covers by half or more and no later shape does. In whole pixels; X + Width is exclusive.</summary>
/// <param name="WholePixels">With hidden and outside ones: at most twice the visible.</param>
public sealed record SceneBox(SceneClass Class, int X, int Y, int Width, int Height, int VisiblePixels, int WholePixels);
