using Parity.Core;

namespace Parity.Suites.Scenes;

/// <summary>Format <c>scenes</c>: keys <c>seed</c>, <c>first</c> (0), <c>count</c>, <c>side</c> in pixels (160) and <c>content</c>: shapes (with boxes) or figures (with boxes, joints and masks).</summary>
public sealed class SceneDatasetFormat : IDatasetFormat
{
    public string Name => "scenes";

    public IDataset? Open(Settings settings, string root)
    {
        int faults = settings.Faults.Count;
        settings.Text("format", Name);
        int seed = settings.Integer("seed", least: 0);
        int first = settings.Integer("first", 0, least: 0, most: 1_000_000_000);
        int count = settings.Integer("count", least: 1, most: 1_000_000);
        int side = settings.Integer("side", 160, least: 64, most: 1024);
        bool figures = settings.Choice("content", ["shapes", "figures"], "shapes") == "figures";
        settings.RejectUnknown();
        return settings.Faults.Count > faults ? null
            : figures ? new FigureDataset(seed, first, count, side)
            : new SceneDataset(seed, first, count, side);
    }
}
