namespace Parity.Suites.Datasets;

/// <param name="Json">The whole object, with supercategory, names of keypoints and skeleton where the file has them.</param>
public sealed record CocoCategory(long Id, string Name, JsonRange Json);
