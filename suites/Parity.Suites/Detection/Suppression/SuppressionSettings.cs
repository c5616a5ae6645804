namespace Parity.Suites.Detection;

/// <param name="Iou">Threshold, 0 to 1.</param>
/// <param name="ClassWise">Boxes suppress only boxes of their own class.</param>
/// <param name="MaxPerClass">Most boxes kept of one class; null is no limit.</param>
public sealed record SuppressionSettings(double Iou, bool ClassWise, int? MaxPerClass);
