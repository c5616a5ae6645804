namespace Parity.Core;

/// <summary>
/// A measure over images, ordered from good to bad: exact, values, zero reference, non-finite. So a non-finite image is worse than any
/// value and pulls the median down.
/// </summary>
/// <param name="Median">Of an even count the mean of the two in the middle, or the worse of the two if one has no value. The mean error's is of signed values.</param>
/// <param name="MedianState">Why <paramref name="Median"/> is null: <see cref="DivergenceState.Exact"/> for SQNR without noise.</param>
/// <param name="Worst">The lowest cosine or SQNR, the highest NMSE, max abs or MSE, the mean error of greatest magnitude with its sign.</param>
/// <param name="WorstImage">Id of the first image that has it; null when nothing was compared.</param>
public sealed record MeasureSummary(double? Median, DivergenceState MedianState, double? Worst, DivergenceState WorstState, string? WorstImage);
