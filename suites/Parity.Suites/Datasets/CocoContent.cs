using System.Collections.Immutable;

namespace Parity.Suites.Datasets;

/// <summary>An annotation file in COCO's format, all in file order. Every annotation's image and category exist, and ids are unique.</summary>
/// <param name="Sha256">Of the file, lower-case hex.</param>
public sealed record CocoContent(
    string Path, string Sha256, ImmutableArray<CocoImage> Images, ImmutableArray<CocoCategory> Categories, ImmutableArray<CocoAnnotation> Annotations);
