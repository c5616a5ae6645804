using System.Text.Json;
using System.Text.Json.Nodes;
using Parity.Core;
using Parity.Onnx;
using Parity.Suites.Imaging;

namespace Parity.Cli.Tests;

/// <summary>A suite in a temporary folder: grey pictures that a test paints white, red or blue, their COCO annotations, a model built by hand and suite.yaml.</summary>
public sealed class HandMadeSuite : IDisposable
{
    private static readonly JpegCodec Codec = new();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parity-hand-");
    private readonly JsonArray _images = [], _annotations = [];

    public string Out => Path("out");

    public string Path(params string[] parts) => System.IO.Path.Combine([_folder.FullName, .. parts]);

    /// <summary>A picture, and another like it to calibrate with, of which one pixel is another.</summary>
    /// <param name="paint">The colour (blue, green, red) of x, y; null is black.</param>
    public int AddPicture(int side, Func<int, int, (byte B, byte G, byte R)?> paint)
    {
        int id = _images.Count + 1;
        var bgr = new byte[side * side * 3];
        for (int i = 0; i < side * side; i++)
            (bgr[3 * i], bgr[3 * i + 1], bgr[3 * i + 2]) = paint(i % side, i / side) ?? (0, 0, 0);
        Write("images", id, side, bgr);
        bgr[0] ^= 64;
        Write("calibration", id, side, bgr);
        _images.Add(new JsonObject { ["id"] = id, ["file_name"] = $"{id}.jpg", ["width"] = side, ["height"] = side });
        return id;
    }

    public void AddAnnotation(int image, double x, double y, double width, double height, double area, string key, JsonNode value) => _annotations.Add(new JsonObject
    {
        ["id"] = _annotations.Count + 1, ["image_id"] = image, ["category_id"] = 1, ["bbox"] = new JsonArray(x, y, width, height), ["area"] = area, ["iscrowd"] = 0, [key] = value,
    });

    public CommandLine.Result Run(OnnxModel model, JsonObject category, string yaml)
    {
        model.Save(Path("model.onnx"));
        File.WriteAllText(Path("instances.json"), new JsonObject { ["images"] = _images, ["annotations"] = _annotations, ["categories"] = new JsonArray(category) }.ToJsonString());
        File.WriteAllText(Path("suite.yaml"), yaml);
        return CommandLine.Run("run", Path("suite.yaml"), "--out", Out);
    }

    /// <summary>A measurement of the reference or a target in run.json.</summary>
    public double Value(string session, string name)
    {
        using var run = JsonDocument.Parse(File.ReadAllBytes(Path("out", "run.json")));
        JsonElement of = session == "reference" ? run.RootElement.GetProperty("reference") : run.RootElement.GetProperty("targets").EnumerateArray().Single(t => t.GetProperty("name").GetString() == session);
        return of.GetProperty("measurements").EnumerateArray().Single(m => m.GetProperty("name").GetString() == name).GetProperty("value").GetDouble();
    }

    /// <summary>How far a tensor's quantizer reaches up against the largest value of the probe samples.</summary>
    public double Reach(string target, string tensor)
    {
        using var run = JsonDocument.Parse(File.ReadAllBytes(Path("out", "run.json")));
        JsonElement of = run.RootElement.GetProperty("targets").EnumerateArray().Single(t => t.GetProperty("name").GetString() == target);
        string quantize = of.GetProperty("qdq").EnumerateArray().Single(q => q.GetProperty("source").GetString() == tensor).GetProperty("quantize").GetString()!;
        JsonElement seen = of.GetProperty("probe").GetProperty("quantizers").EnumerateArray().Single(q => q.GetProperty("quantize").GetString() == quantize).GetProperty("tensor");
        return seen.GetProperty("high").GetDouble() / seen.GetProperty("max").GetDouble();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(string folder, int id, int side, byte[] bgr)
    {
        Directory.CreateDirectory(Path(folder));
        File.WriteAllBytes(Path(folder, $"{id}.jpg"), Codec.EncodeJpeg(new Picture(side, side, bgr), side, 100));
    }
}
