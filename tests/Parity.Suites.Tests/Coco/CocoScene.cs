using System.Globalization;
using Parity.Suites.Coco;

namespace Parity.Suites.Tests.Coco;

/// <summary>One image with objects and detections, each of which has a box, a mask and keypoints.</summary>
internal sealed record CocoScene(int Image, (CocoScene.Item Item, bool IsCrowd)[] Objects, (CocoScene.Item Item, double Score)[] Found)
{
    private const int Side = 120;

    public static CocoScene[] Random(Random random, int images) => [.. Enumerable.Range(1, images).Select(image =>
    {
        (Item Item, bool)[] objects = [.. Enumerable.Range(0, random.Next(4)).Select(_ => (Item.Random(random), random.Next(6) == 0))];
        return new CocoScene(image, objects, [.. Enumerable.Range(0, random.Next(6)).Select(_ =>
            (objects.Length > 0 && random.Next(4) > 0 ? objects[random.Next(objects.Length)].Item.Moved(random) : Item.Random(random), random.Next(1, 5) / 4.0))]);
    })];

    public static CocoEvaluation Evaluate(CocoScene[] scenes, CocoShape shape)
    {
        int id = 0;
        string images = string.Join(",", scenes.Select(s => $$"""{"id": {{s.Image}}, "width": {{Side}}, "height": {{Side}}}"""));
        string objects = string.Join(",", scenes.SelectMany(s => s.Objects.Select(o =>
            $$"""{"id": {{++id}}, "image_id": {{s.Image}}, "category_id": {{o.Item.Category}}, "area": {{o.Item.Width * o.Item.Height}}, "iscrowd": {{(o.IsCrowd ? 1 : 0)}}, {{o.Item.Json(shape)}}, "num_keypoints": {{o.Item.Visible}}}""")));
        string found = string.Join(",", scenes.SelectMany(s => s.Found.Select(f =>
            $$"""{"image_id": {{s.Image}}, "category_id": {{f.Item.Category}}, "score": {{f.Score.ToString("R", CultureInfo.InvariantCulture)}}, {{f.Item.Json(shape)}}}""")));
        return CocoCase.OfText($$"""{"images": [{{images}}], "categories": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}], "annotations": [{{objects}}]}""", $"[{found}]", shape);
    }

    /// <param name="Visible">The first so many of 17 keypoints are visible.</param>
    internal sealed record Item(int Category, int X, int Y, int Width, int Height, int Visible)
    {
        public static Item Random(Random random)
        {
            int width = random.Next(8, 110), height = random.Next(8, 110);
            return new Item(random.Next(1, 3), random.Next(Side - width), random.Next(Side - height), width, height, random.Next(3) * 8);
        }

        public Item Moved(Random random) => this with { X = Math.Min(X + random.Next(4), Side - Width), Y = Math.Min(Y + random.Next(3), Side - Height) };

        public string Json(CocoShape shape) => $"\"bbox\": [{X}, {Y}, {Width}, {Height}]" + shape switch
        {
            CocoShape.Mask => $", \"segmentation\": {{\"size\": [{Side}, {Side}], \"counts\": [{string.Join(",", Runs())}]}}",
            CocoShape.Keypoints => $", \"keypoints\": [{string.Join(",", Enumerable.Range(0, 17).Select(k => $"{X + (Width * k / 17)}, {Y + (Height * (k * 5 % 17) / 17)}, {(k < Visible ? 2 : 0)}"))}]",
            _ => "",
        };

        /// <summary>Column by column; the last run clears to the end.</summary>
        private IEnumerable<int> Runs()
        {
            yield return (X * Side) + Y;
            for (int column = 1; column < Width; column++)
            {
                yield return Height;
                yield return Side - Height;
            }
            yield return Height;
            yield return (Side * Side) - ((X + Width - 1) * Side) - Y - Height;
        }
    }
}
