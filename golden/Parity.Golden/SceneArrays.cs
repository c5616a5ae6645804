using System.Buffers.Binary;
using Parity.Suites.Scenes;

namespace Parity.Golden;

internal sealed record SceneRange(int Seed, int First, int Count, int Side);

internal static class SceneArrays
{
    private const int Chunk = 512;

    public static void WriteShapes(SceneRange range, string folder)
    {
        using FileStream pictures = Create(folder, "pictures.u8"), boxes = Create(folder, "boxes.i32");
        foreach ((int number, Scene scene) in Drawn(range, SceneGenerator.Draw))
        {
            pictures.Write(scene.Picture.Bgr);
            foreach (SceneBox box in scene.Boxes)
            {
                foreach (int value in (ReadOnlySpan<int>)[number, (int)box.Class, box.X, box.Y, box.Width, box.Height])
                    Write(boxes, value);
            }
        }
    }

    public static void WriteFigures(SceneRange range, string folder)
    {
        using FileStream pictures = Create(folder, "pictures.u8"), figures = Create(folder, "figures.f32"), classes = Create(folder, "classes.u8");
        foreach ((int number, FigureScene scene) in Drawn(range, FigureGenerator.Draw))
        {
            pictures.Write(scene.Picture.Bgr);
            classes.Write(scene.Classes.AsSpan());
            foreach (Figure figure in scene.Figures)
            {
                foreach (int value in (ReadOnlySpan<int>)[number, figure.X, figure.Y, figure.Width, figure.Height, figure.VisiblePixels])
                    Write(figures, (float)value);
                foreach (JointPlace joint in figure.Joints)
                {
                    Write(figures, (float)joint.X);
                    Write(figures, (float)joint.Y);
                    Write(figures, (float)joint.Visibility);
                }
            }
        }
    }

    private static IEnumerable<(int Number, T Scene)> Drawn<T>(SceneRange range, Func<int, int, int, T> draw)
    {
        for (int start = 0; start < range.Count; start += Chunk)
        {
            var scenes = new T[Math.Min(Chunk, range.Count - start)];
            Parallel.For(0, scenes.Length, i => scenes[i] = draw(range.Seed, range.First + start + i, range.Side));
            for (int i = 0; i < scenes.Length; i++)
                yield return (start + i, scenes[i]);
        }
    }

    private static FileStream Create(string folder, string name) => File.Create(Path.Combine(folder, name));

    private static void Write(FileStream file, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        file.Write(bytes);
    }

    private static void Write(FileStream file, float value) => Write(file, BitConverter.SingleToInt32Bits(value));
}
