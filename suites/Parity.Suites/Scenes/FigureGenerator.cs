using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Scenes;

/// <summary>Draws figure scene number <c>index</c> of a seed: one to three jointed figures among discs and squares, with the paint and the exactness of <see cref="SceneGenerator"/>.</summary>
public static class FigureGenerator
{
    /// <summary>Figure scenes and shape scenes of one seed have nothing in common.</summary>
    private const int SeedSalt = 0x5EED0F16;

    /// <param name="side">Width and height in pixels, 64 to 1024; figures scale with it.</param>
    public static FigureScene Draw(int seed, int index, int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 64);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, 1024);
        SceneRandom random = SceneRandom.Of(seed ^ SeedSalt, index);
        var canvas = new SceneCanvas(side);
        canvas.DrawBackground(ref random);

        var layers = new SceneLayers(side);
        var classes = new List<FigureSceneClass> { FigureSceneClass.Background };
        var figures = new List<(FigureShape Shape, byte Owner)>();
        int wantedFigures = random.Between(1, 3), wantedShapes = random.Between(0, 4);
        for (int trial = 0; trial < 60 && (figures.Count < wantedFigures || layers.Count - figures.Count < wantedShapes); trial++)
        {
            // Figures and things take turns by chance, so that each hides the other.
            bool figure = figures.Count < wantedFigures && (layers.Count - figures.Count >= wantedShapes || random.Chance(50));
            if (figure && AddFigure(ref random, canvas, layers, side) is { } shape)
            {
                classes.Add(FigureSceneClass.Figure);
                figures.Add((shape, (byte)layers.Count));
            }
            else if (!figure && AddThing(ref random, canvas, layers, side) is { } kind)
            {
                classes.Add(kind);
            }
        }
        canvas.Expose(ref random);
        var instanceOf = new byte[layers.Count + 1];
        for (int i = 0; i < figures.Count; i++)
            instanceOf[figures[i].Owner] = (byte)(i + 1);
        return new FigureScene(
            new Picture(side, side, canvas.Bgr),
            [.. figures.Select(f => Labelled(f.Shape, f.Owner, layers, side))],
            [.. layers.Owners.Select(o => instanceOf[o])],
            [.. layers.Owners.Select(o => (byte)classes[o])]);
    }

    private static FigureShape? AddFigure(ref SceneRandom random, SceneCanvas canvas, SceneLayers layers, int side)
    {
        FigureShape shape = FigureShape.Place(ref random, side);
        if (!layers.TryAdd(shape.Rasterize(side, layers.Coverage, out SceneWindow window), window))
            return null;
        foreach (FigurePart part in shape.Parts)
        {
            if (part.Rasterize(side, layers.Coverage, out SceneWindow painted))
                canvas.DrawPart(ref random, part.From.X, part.From.Y, Math.Max(part.Radius, 1), layers.Coverage, painted);
        }
        return shape;
    }

    private static FigureSceneClass? AddThing(ref SceneRandom random, SceneCanvas canvas, SceneLayers layers, int side)
    {
        bool disc = random.Chance(50);
        SceneShape shape = SceneGenerator.Place(ref random, disc ? SceneClass.Disc : SceneClass.Square, side);
        if (!layers.TryAdd(SceneGenerator.Rasterize(shape, side, layers.Coverage, out SceneWindow window), window))
            return null;
        canvas.DrawPart(ref random, shape.CenterX, shape.CenterY, shape.Reach, layers.Coverage, window);
        return disc ? FigureSceneClass.Disc : FigureSceneClass.Square;
    }

    private static Figure Labelled(FigureShape shape, byte owner, SceneLayers layers, int side)
    {
        (SceneWindow window, int visible, _) = layers.ExtentOf(owner - 1);
        ImmutableArray<JointPlace> joints = [.. shape.Joints.Select(j =>
            j.X < 0 || j.Y < 0 || j.X >= side || j.Y >= side ? new JointPlace(0, 0, 0)
            : new JointPlace(j.X, j.Y, layers.Owners[(int)j.Y * side + (int)j.X] == owner ? 2 : 1))];
        return new Figure(window.Left, window.Top, window.Right - window.Left, window.Bottom - window.Top, visible, joints);
    }
}
