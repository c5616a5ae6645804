using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Scenes;

namespace Parity.Suites.Datasets;

/// <summary>Every format a suite's <c>dataset</c> and <c>calibration</c> can name.</summary>
public static class DatasetFormats
{
    public static ImmutableArray<IDatasetFormat> All { get; } =
    [
        new CocoDatasetFormat(),
        new FolderDatasetFormat(),
        new MaskDatasetFormat(),
        new SceneDatasetFormat(),
    ];
}
