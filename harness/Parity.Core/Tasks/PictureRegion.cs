namespace Parity.Core;

/// <summary>An upright part of a picture that a model is run on, in pixels of the picture; it may reach beyond the edges, where there is nothing (0).</summary>
/// <param name="Width">What must be seen; a preprocessor takes in more where the model's input has other proportions.</param>
public sealed record PictureRegion(double CenterX, double CenterY, double Width, double Height);

/// <summary>One run of a model for a sample.</summary>
/// <param name="Placement">Where the picture lay in the input.</param>
public sealed record ModelRun(IReadOnlyDictionary<string, Tensor> Outputs, Placement Placement);
