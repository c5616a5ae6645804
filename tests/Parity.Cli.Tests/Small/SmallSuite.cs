using System.Text.Json;
using System.Text.Json.Nodes;
using Parity.Core;
using Parity.Suites.Imaging;

namespace Parity.Cli.Tests;

/// <summary>
/// A suite with all it needs in a temporary folder: drawn pictures with COCO annotations, calibration pictures, <see cref="SquareDetector"/> and suite.yaml.
/// A test breaks its own copy and runs `parity` on it.
/// </summary>
public sealed class SmallSuite : IDisposable
{
    public const string Yaml = """
        name: squares
        model: squares.onnx
        dataset: {format: coco, images: images, annotations: instances.json}
        calibration: {format: folder, images: calibration}
        preprocessing:
          resize: letterbox-top-left
          size: [64, 64]
          color: rgb
          scale: 1/255
        task:
          kind: detection
          decoder: {kind: yolox, strides: [16]}
          classes: dataset-order
          score-threshold: 0.05
          nms: {contract: torchvision, iou: 0.65}
        targets:
          - tensorrt
        policy:
          clauses:
            - bbox/AP drop <= 50 points
        bootstrap: {resamples: 100}
        probe-samples: 2
        worst-samples: 2

        """;

    private static readonly JpegCodec Codec = new();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parity-small-");

    public SmallSuite(int pictures = 10)
    {
        Directory.CreateDirectory(Path("images"));
        Directory.CreateDirectory(Path("calibration"));
        var (images, annotations) = (new JsonArray(), new JsonArray());
        var random = new Random(11);
        for (int i = 1; i <= pictures; i++)
        {
            (byte[] jpeg, List<(int X, int Y, int Side, int Category)> squares) = Draw(random);
            File.WriteAllBytes(Path("images", $"{i}.jpg"), jpeg);
            images.Add(new JsonObject { ["id"] = i, ["file_name"] = $"{i}.jpg", ["width"] = SquareDetector.Side, ["height"] = SquareDetector.Side });
            foreach (var (x, y, side, category) in squares)
                annotations.Add(new JsonObject { ["id"] = annotations.Count + 1, ["image_id"] = i, ["category_id"] = category, ["bbox"] = new JsonArray(x, y, side, side), ["area"] = side * side, ["iscrowd"] = 0 });
        }
        for (int i = 0; i < 3; i++)
            File.WriteAllBytes(Path("calibration", $"c{i}.jpg"), Draw(random).Jpeg);
        Annotations = new JsonObject
        {
            ["images"] = images,
            ["annotations"] = annotations,
            ["categories"] = new JsonArray(new JsonObject { ["id"] = 3, ["name"] = "red" }, new JsonObject { ["id"] = 5, ["name"] = "blue" }),
        };
        WriteAnnotations();
        SquareDetector.Build().Save(Path("squares.onnx"));
        WriteSuite(Yaml);
    }

    /// <summary>The content of instances.json; call <see cref="WriteAnnotations"/> after a change.</summary>
    public JsonObject Annotations { get; }

    public string Out => Path("out");

    public string Path(params string[] parts) => System.IO.Path.Combine([_folder.FullName, .. parts]);

    /// <summary>The same pictures under many ids: time to interrupt without sleeping.</summary>
    /// <param name="samples">A multiple of the pictures.</param>
    public void Repeat(int samples)
    {
        int pictures = ((JsonArray)Annotations["images"]!).Count;
        foreach (string list in new[] { "images", "annotations" })
        {
            var items = (JsonArray)Annotations[list]!;
            int once = items.Count;
            for (int copy = 1; copy < samples / pictures; copy++)
            {
                for (int i = 0; i < once; i++)
                {
                    JsonNode item = items[i]!.DeepClone();
                    item["id"] = items.Count + 1;
                    if (item["image_id"] is { } image)
                        item["image_id"] = (int)image + (copy * pictures);
                    items.Add(item);
                }
            }
        }
        WriteAnnotations();
    }

    public void WriteAnnotations() => File.WriteAllText(Path("instances.json"), Annotations.ToJsonString());

    public void WriteSuite(string yaml) => File.WriteAllText(Path("suite.yaml"), yaml);

    public void Truncate(string picture)
    {
        byte[] whole = File.ReadAllBytes(Path("images", picture));
        File.WriteAllBytes(Path("images", picture), whole[..(whole.Length / 2)]);
    }

    public CommandLine.Result Run(params string[] more) => CommandLine.Run(["run", Path("suite.yaml"), "--out", Out, .. more]);

    public JsonElement Json(string file, string? folder = null)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(System.IO.Path.Combine(folder ?? Out, file)));
        return document.RootElement.Clone();
    }

    /// <summary>run.json as text without its last member, `timings`.</summary>
    public string RunWithoutTimings(string? folder = null)
    {
        string text = File.ReadAllText(System.IO.Path.Combine(folder ?? Out, "run.json"));
        int timings = text.IndexOf("  \"timings\": {", StringComparison.Ordinal);
        timings.Should().BePositive();
        text.IndexOf('}', timings).Should().BePositive();
        return text[..timings];
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Squares of the size of a cell, give or take two pixels, some off their cell, on a grey ground.</summary>
    private static (byte[] Jpeg, List<(int X, int Y, int Side, int Category)> Squares) Draw(Random random)
    {
        const int side = SquareDetector.Side, cell = SquareDetector.Cell;
        var bgr = new byte[side * side * 3];
        for (int i = 0; i < bgr.Length; i++)
            bgr[i] = (byte)(100 + random.Next(20));
        var squares = new List<(int, int, int, int)>();
        foreach (int at in Enumerable.Range(0, 16).OrderBy(_ => random.Next()).Take(4))
        {
            int extent = cell - random.Next(5), x = (at % 4 * cell) + random.Next(cell - extent + 1), y = (at / 4 * cell) + random.Next(cell - extent + 1);
            int category = random.Next(2) == 0 ? 3 : 5;
            byte strong = (byte)(150 + random.Next(100));
            for (int row = y; row < y + extent; row++)
            {
                for (int column = x; column < x + extent; column++)
                {
                    int pixel = ((row * side) + column) * 3;
                    (bgr[pixel], bgr[pixel + 1], bgr[pixel + 2]) = category == 3 ? ((byte)60, (byte)60, strong) : (strong, (byte)60, (byte)60);
                }
            }
            squares.Add((x, y, extent, category));
        }
        return (Codec.EncodeJpeg(new Picture(side, side, bgr), side, 95), squares);
    }
}
