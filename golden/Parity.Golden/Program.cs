using System.Globalization;
using Parity.Golden;

// Writes scenes as raw little-endian arrays for the training scripts: pictures.u8 [count, side, side, 3] BGR, and
//   shapes   boxes.i32 rows of (scene, class id from 1, x, y, width, height)
//   figures  figures.f32 rows of (scene, x, y, width, height, visible pixels, then x, y, visibility of each joint) and classes.u8 [count, side, side]
if (args.Length != 6 || args[0] is not ("shapes" or "figures"))
{
    Console.Error.WriteLine("usage: Parity.Golden shapes|figures SEED FIRST COUNT SIDE FOLDER");
    return 2;
}
int[] numbers = [.. args[1..5].Select(a => int.Parse(a, CultureInfo.InvariantCulture))];
Directory.CreateDirectory(args[5]);
var scenes = new SceneRange(numbers[0], numbers[1], numbers[2], numbers[3]);
if (args[0] == "shapes")
    SceneArrays.WriteShapes(scenes, args[5]);
else
    SceneArrays.WriteFigures(scenes, args[5]);
return 0;
