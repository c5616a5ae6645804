namespace Parity.Suites.Detection;

/// <summary>One ground-truth box in pixels of the picture, as in COCO's <c>annotations</c>.</summary>
/// <param name="Id">Annotation id. pycocotools takes an annotation with id 0 for "unmatched"; so does <see cref="BoxEvaluation"/>.</param>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
/// <param name="Area">COCO's <c>area</c>, which decides small, medium or large; with masks it is not Width x Height.</param>
/// <param name="IsCrowd">A region of many: matched any number of times, neither hit nor miss.</param>
public readonly record struct BoxLabel(long Id, int CategoryId, double X, double Y, double Width, double Height, double Area, bool IsCrowd);
