namespace Parity.Suites.Detection;

/// <summary>One detection in pixels of the picture.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
/// <param name="Score">0 to 1.</param>
/// <param name="Category">Index into the dataset's categories sorted by id.</param>
/// <param name="Candidate">Which of the model's raw candidates it was; see the decoder.</param>
public readonly record struct DetectedBox(float X, float Y, float Width, float Height, float Score, int Category, int Candidate);
