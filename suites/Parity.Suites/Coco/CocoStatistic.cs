namespace Parity.Suites.Coco;

/// <summary>One line of COCO's summary: a mean over categories of average precision or of recall.</summary>
/// <param name="Name">As papers write it: AP, AP50, APs, AR100.</param>
/// <param name="Threshold">Index of the one IoU threshold; null is the mean over all.</param>
/// <param name="Area">Index of the area range.</param>
/// <param name="Limit">Index of the limit of detections.</param>
public sealed record CocoStatistic(string Name, bool IsPrecision, int? Threshold, int Area, int Limit);
