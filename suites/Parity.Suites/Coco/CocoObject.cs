namespace Parity.Suites.Coco;

/// <summary>One object of the ground truth, as far as matching needs it; its shape is known to the <see cref="IOverlap"/> only.</summary>
/// <param name="Id">Annotation id. pycocotools takes an annotation with id 0 for "unmatched"; so does the evaluation.</param>
/// <param name="Area">Square pixels: decides small, medium or large.</param>
/// <param name="IsCrowd">A region of many: matched any number of times.</param>
/// <param name="IsIgnored">Neither hit nor miss: crowds, and persons without keypoints.</param>
public readonly record struct CocoObject(long Id, double Area, bool IsCrowd, bool IsIgnored);
