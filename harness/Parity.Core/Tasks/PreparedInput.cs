namespace Parity.Core;

/// <summary>A model's input with the geometry that leads back to the picture.</summary>
public sealed record PreparedInput(Tensor Tensor, Placement Placement);

/// <summary>
/// Where the picture lies in the model's input: input x = picture x * ScaleX + OffsetX, in pixels; likewise y.
/// </summary>
public sealed record Placement(double ScaleX, double ScaleY, double OffsetX, double OffsetY, int PictureWidth, int PictureHeight, int InputWidth, int InputHeight);
