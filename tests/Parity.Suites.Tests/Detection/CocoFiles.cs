using System.Collections.Immutable;
using System.Text.Json;
using Parity.Suites.Coco;
using Parity.Suites.Detection;

namespace Parity.Suites.Tests.Detection;

/// <summary>Just enough of COCO's JSON to feed the metric from real files.</summary>
internal static class CocoFiles
{
    public static CocoEvaluation Evaluate(byte[] truth, byte[] results)
    {
        var (categories, samples) = Read(truth, results);
        return BoxEvaluation.Of(categories, samples);
    }

    public static (ImmutableArray<BoxCategory> Categories, ImmutableArray<BoxSample> Samples) Read(byte[] truth, byte[] results)
    {
        using JsonDocument gt = JsonDocument.Parse(truth);
        using JsonDocument dt = JsonDocument.Parse(results);
        ImmutableArray<BoxCategory> categories = [.. gt.RootElement.GetProperty("categories").EnumerateArray()
            .Select(c => new BoxCategory(c.GetProperty("id").GetInt32(), c.GetProperty("name").GetString()!)).OrderBy(c => c.Id)];
        var indexOf = categories.Select((c, i) => (c.Id, i)).ToDictionary(p => p.Id, p => p.i);
        var labels = gt.RootElement.GetProperty("annotations").EnumerateArray().ToLookup(a => a.GetProperty("image_id").ToString(), Label);
        var boxes = dt.RootElement.EnumerateArray().ToLookup(d => d.GetProperty("image_id").ToString(), d => Scored(d, indexOf));
        return (categories, [.. gt.RootElement.GetProperty("images").EnumerateArray().Select(i => i.GetProperty("id").ToString())
            .Select(id => new BoxSample(id, [.. labels[id]], [.. boxes[id]]))]);
    }

    private static BoxLabel Label(JsonElement a)
    {
        double[] box = Box(a);
        double area = a.TryGetProperty("area", out JsonElement given) ? given.GetDouble() : box[2] * box[3];
        bool crowd = a.TryGetProperty("iscrowd", out JsonElement flag) && flag.GetInt32() != 0;
        return new BoxLabel(a.GetProperty("id").GetInt64(), a.GetProperty("category_id").GetInt32(), box[0], box[1], box[2], box[3], area, crowd);
    }

    private static ScoredBox Scored(JsonElement d, Dictionary<int, int> indexOf)
    {
        double[] box = Box(d);
        return new ScoredBox(box[0], box[1], box[2], box[3], d.GetProperty("score").GetDouble(), indexOf[d.GetProperty("category_id").GetInt32()]);
    }

    private static double[] Box(JsonElement item) => [.. item.GetProperty("bbox").EnumerateArray().Select(v => v.GetDouble())];
}
