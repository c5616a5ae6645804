using System.Buffers.Binary;
using System.Globalization;
using Parity.Suites.Scenes;

// Writes scenes as raw arrays for the training script: pictures.u8 [count, side, side, 3] BGR and boxes.i32 rows of
// (scene, class id from 1, x, y, width, height), little-endian.
if (args.Length != 5)
{
    Console.Error.WriteLine("usage: Parity.Golden SEED FIRST COUNT SIDE FOLDER");
    return 2;
}
int[] numbers = [.. args[..4].Select(a => int.Parse(a, CultureInfo.InvariantCulture))];
(int seed, int first, int count, int side) = (numbers[0], numbers[1], numbers[2], numbers[3]);
Directory.CreateDirectory(args[4]);
using FileStream pictures = File.Create(Path.Combine(args[4], "pictures.u8"));
using FileStream boxes = File.Create(Path.Combine(args[4], "boxes.i32"));
var row = new byte[24];
const int Chunk = 512;
for (int start = 0; start < count; start += Chunk)
{
    var scenes = new Scene[Math.Min(Chunk, count - start)];
    Parallel.For(0, scenes.Length, i => scenes[i] = SceneGenerator.Draw(seed, first + start + i, side));
    for (int i = 0; i < scenes.Length; i++)
    {
        pictures.Write(scenes[i].Picture.Bgr);
        foreach (SceneBox box in scenes[i].Boxes)
        {
            int[] values = [start + i, (int)box.Class, box.X, box.Y, box.Width, box.Height];
            for (int k = 0; k < values.Length; k++)
                BinaryPrimitives.WriteInt32LittleEndian(row.AsSpan(4 * k), values[k]);
            boxes.Write(row);
        }
    }
}
return 0;
