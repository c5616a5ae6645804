namespace Parity.Suites.Keypoints;

/// <summary>A joint as a model says it is, in pixels of the picture.</summary>
/// <param name="Score">The model's confidence that it is there: 0 to 1, or a heatmap's peak.</param>
public readonly record struct JointPoint(float X, float Y, float Score);

/// <summary>A joint of the ground truth, in pixels of the picture, as in COCO's <c>keypoints</c>.</summary>
/// <param name="Visibility">0 not labelled, 1 labelled though hidden, 2 seen.</param>
public readonly record struct JointLabel(double X, double Y, int Visibility);
