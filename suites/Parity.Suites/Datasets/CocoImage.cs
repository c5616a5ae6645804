namespace Parity.Suites.Datasets;

/// <param name="FileName">Relative to the dataset's folder of images.</param>
/// <param name="Width">Pixels.</param>
public sealed record CocoImage(long Id, string FileName, int Width, int Height);
