namespace Parity.Suites.Detection;

/// <summary>The stages after the score threshold.</summary>
/// <param name="TopK">Most candidates that go into NMS; null is the contract's own limit.</param>
/// <param name="Suppression">Null for a model that ends in NMS.</param>
/// <param name="MaxDetections">Most boxes of a prediction; null is no limit.</param>
/// <param name="CompareContracts">Also run every other contract, and TopK limited as TensorRT's, on the same candidates and count what they would change.</param>
/// <param name="Clip">Cut boxes at the picture's edges, after NMS.</param>
public sealed record SelectionSettings(int? TopK, ISuppression? Suppression, SuppressionSettings Nms, int? MaxDetections, bool Clip, bool CompareContracts = false);
