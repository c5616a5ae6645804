namespace Parity.Engine.Gating;

/// <summary>The standard normal distribution and Student's t, as far as intervals need them.</summary>
public static class NormalDistribution
{
    /// <summary>Probability of at most <paramref name="z"/>, to 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26).</summary>
    public static double Cumulative(double z)
    {
        double x = Math.Abs(z) / Math.Sqrt(2), t = 1 / (1 + (0.3275911 * x));
        double series = t * (0.254829592 + (t * (-0.284496736 + (t * (1.421413741 + (t * (-1.453152027 + (t * 1.061405429))))))));
        double tail = series * Math.Exp(-x * x) / 2;
        return z < 0 ? tail : 1 - tail;
    }

    /// <summary>The z that <see cref="Cumulative"/> gives a probability to, found by halving.</summary>
    public static double Quantile(double probability)
    {
        double low = -8, high = 8;
        while (high - low > 1e-10)
        {
            double middle = (low + high) / 2;
            (low, high) = Cumulative(middle) < probability ? (middle, high) : (low, middle);
        }
        return low;
    }

    /// <summary>Student's t by its expansion about the normal (Abramowitz and Stegun 26.7.5): to 1 % from three degrees of freedom on at 95 %.</summary>
    public static double StudentQuantile(double probability, int degrees)
    {
        double z = Quantile(probability), square = z * z, v = degrees;
        return z
            + (z * (square + 1) / (4 * v))
            + (z * ((((5 * square) + 16) * square) + 3) / (96 * v * v))
            + (z * ((((((3 * square) + 19) * square) + 17) * square) - 15) / (384 * v * v * v));
    }
}
