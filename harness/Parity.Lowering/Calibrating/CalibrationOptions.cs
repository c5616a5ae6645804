namespace Parity.Lowering;

/// <summary>How ranges are chosen beyond the calibrator of activations.</summary>
/// <param name="WeightsCalibrator">One of <see cref="Calibrators.All"/>, over each weight tensor, or each channel where the target quantizes by channel.</param>
/// <param name="AveragingConstant">Above 0 up to 1; used by the moving average alone.</param>
/// <param name="AdaRound">Null rounds weights to the nearest code.</param>
/// <param name="Ranges">Ranges known beforehand, which go before the calibrator's; null: none.</param>
public sealed record CalibrationOptions(string WeightsCalibrator, double AveragingConstant, AdaRoundOptions? AdaRound, RangeTable? Ranges)
{
    public static CalibrationOptions Default { get; } = new(Calibrators.MinMax, 0.01, null, null);
}

/// <param name="Iterations">Steps of the optimiser for each layer.</param>
/// <param name="Samples">Positions of the layer's output that are reconstructed, drawn over the calibration inputs.</param>
public sealed record AdaRoundOptions(int Iterations, int Samples, ulong Seed)
{
    public static AdaRoundOptions Default { get; } = new(500, 1024, 7);
}
