using System.Numerics;
using System.Runtime.InteropServices;
using Parity.Core;

namespace Parity.Lowering;

/// <summary>
/// AdaRound (Nagel et al. 2020, "Up or down?") for outputs that read the same operands, or each its own: every weight becomes the code below or above it, so that the outputs
/// on sampled operands change least. Minimised by Adam over V: weight = step (floor + h(V)), h = clip(1.2 sigmoid(V) - 0.1, 0, 1), with a penalty 1 - |2h - 1|^beta whose beta falls from 20 to 2.
/// The squared error of each output is taken relative to that of rounding to nearest, so that one penalty suits all layers. Arithmetic goes element by element, the same on every instruction set.
/// </summary>
internal sealed class RoundingProblem
{
    private const float Zeta = 1.1f, Gamma = -0.1f, LearningRate = 0.05f, Penalty = 0.1f, WarmUp = 0.2f;
    private const int BatchRows = 64;

    private readonly int _length;
    private readonly int _lanes;
    private readonly bool _ownOperands;
    private readonly float[][] _rows;
    private readonly int _trained;

    /// <param name="length">Operands of an output.</param>
    /// <param name="outputs">Outputs side by side.</param>
    /// <param name="ownOperands">Rows are [operand][output, padded as <see cref="Lanes"/>] instead of [operand].</param>
    public RoundingProblem(int length, int outputs, bool ownOperands, float[][] rows)
    {
        (_length, _lanes, _ownOperands, _rows) = (length, Lanes(outputs), ownOperands, rows);
        // The last fifth judges.
        _trained = Math.Max(1, rows.Length * 4 / 5);
    }

    /// <summary>Outputs are padded to whole vectors of any width.</summary>
    public static int Lanes(int outputs) => (outputs + 15) / 16 * 16;

    /// <summary>Squared error of every lane on the rows that judge, of the given differences of weights, [operand][lane].</summary>
    public double[] Judge(float[] differences) => Errors(differences, _trained, _rows.Length);

    /// <summary>Which weights go up, [operand][lane].</summary>
    /// <param name="fractions">Weight in steps less its floor, 0 to 1.</param>
    /// <param name="steps">Of each weight; 0 for a weight that must not move.</param>
    /// <param name="nearest">Differences that rounding to nearest makes.</param>
    public bool[] Solve(float[] fractions, float[] steps, float[] nearest, int iterations, SplitMix64 random)
    {
        int count = _length * _lanes;
        var errors = Errors(nearest, 0, _trained);
        // An error of independent roundings has a slope near 7 sqrt(length) in each weight: over that, slopes are about 1 in every layer and the penalty decides in the end.
        var weight = new float[_lanes];
        for (int lane = 0; lane < _lanes; lane++)
            weight[lane] = errors[lane] > 0 ? (float)(2 * Math.Sqrt(_length) / 7 * _trained / (errors[lane] * Math.Min(BatchRows, _trained))) : 0;
        float[] v = new float[count], up = new float[count], slope = new float[count], difference = new float[count], gradient = new float[count], mean = new float[count], square = new float[count];
        for (int i = 0; i < count; i++)
        {
            double sigmoid = (Math.Clamp(fractions[i], 0.001, 0.999) - Gamma) / (Zeta - Gamma);
            v[i] = (float)-Math.Log(1 / sigmoid - 1);
        }
        var batch = new int[Math.Min(BatchRows, _trained)];
        var output = new float[_lanes];
        double meanDecay = 1, squareDecay = 1;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            Relax(v, fractions, steps, up, slope, difference);
            Array.Clear(gradient);
            for (int i = 0; i < batch.Length; i++)
            {
                var row = _rows[random.Below(_trained)];
                Multiply(row, difference, output);
                for (int lane = 0; lane < output.Length; lane++)
                    output[lane] *= weight[lane];
                AddOuter(row, output, gradient);
            }
            float progress = (iteration / (float)iterations - WarmUp) / (1 - WarmUp);
            // Cosine from 20 to 2; before, no penalty.
            float beta = progress < 0 ? 0 : 2 + 9 * (1 + MathF.Cos(MathF.PI * progress));
            meanDecay *= 0.9;
            squareDecay *= 0.999;
            Step(v, gradient, up, slope, steps, mean, square, beta, (float)(1 / (1 - meanDecay)), (float)(1 / (1 - squareDecay)));
        }
        Relax(v, fractions, steps, up, slope, difference);
        return Array.ConvertAll(up, h => h >= 0.5f);
    }

    private double[] Errors(float[] differences, int from, int to)
    {
        var errors = new double[_lanes];
        var output = new float[_lanes];
        for (int r = from; r < to; r++)
        {
            Multiply(_rows[r], differences, output);
            for (int lane = 0; lane < _lanes; lane++)
                errors[lane] += (double)output[lane] * output[lane];
        }
        return errors;
    }

    private void Multiply(float[] row, float[] weights, float[] output)
    {
        Array.Clear(output);
        var sums = MemoryMarshal.Cast<float, Vector<float>>(output.AsSpan());
        var w = MemoryMarshal.Cast<float, Vector<float>>(weights.AsSpan());
        if (_ownOperands)
        {
            var x = MemoryMarshal.Cast<float, Vector<float>>(row.AsSpan());
            for (int k = 0, i = 0; k < _length; k++)
                for (int lane = 0; lane < sums.Length; lane++, i++)
                    sums[lane] += x[i] * w[i];
            return;
        }
        for (int k = 0, i = 0; k < _length; k++)
        {
            var x = new Vector<float>(row[k]);
            for (int lane = 0; lane < sums.Length; lane++, i++)
                sums[lane] += x * w[i];
        }
    }

    private void AddOuter(float[] row, float[] output, float[] gradient)
    {
        var e = MemoryMarshal.Cast<float, Vector<float>>(output.AsSpan());
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradient.AsSpan());
        if (_ownOperands)
        {
            var x = MemoryMarshal.Cast<float, Vector<float>>(row.AsSpan());
            for (int k = 0, i = 0; k < _length; k++)
                for (int lane = 0; lane < e.Length; lane++, i++)
                    g[i] += x[i] * e[lane];
            return;
        }
        for (int k = 0, i = 0; k < _length; k++)
        {
            // Half of all operands are zeros behind a ReLU.
            if (row[k] == 0)
            {
                i += e.Length;
                continue;
            }
            var x = new Vector<float>(row[k]);
            for (int lane = 0; lane < e.Length; lane++, i++)
                g[i] += x * e[lane];
        }
    }

    /// <summary>h(V), its slope, and the difference of the soft weight from the float one.</summary>
    private static void Relax(float[] v, float[] fractions, float[] steps, float[] up, float[] slope, float[] difference)
    {
        var value = MemoryMarshal.Cast<float, Vector<float>>(v.AsSpan());
        var fraction = MemoryMarshal.Cast<float, Vector<float>>(fractions.AsSpan());
        var step = MemoryMarshal.Cast<float, Vector<float>>(steps.AsSpan());
        var h = MemoryMarshal.Cast<float, Vector<float>>(up.AsSpan());
        var s = MemoryMarshal.Cast<float, Vector<float>>(slope.AsSpan());
        var d = MemoryMarshal.Cast<float, Vector<float>>(difference.AsSpan());
        var one = Vector<float>.One;
        var stretch = new Vector<float>(Zeta - Gamma);
        var shift = new Vector<float>(Gamma);
        for (int i = 0; i < value.Length; i++)
        {
            var sigmoid = one / (one + Vector.Exp(-value[i]));
            var stretched = sigmoid * stretch + shift;
            h[i] = Vector.Min(Vector.Max(stretched, Vector<float>.Zero), one);
            s[i] = Vector.ConditionalSelect(Vector.Equals(stretched, h[i]), stretch * sigmoid * (one - sigmoid), Vector<float>.Zero);
            d[i] = step[i] * (h[i] - fraction[i]);
        }
    }

    private static void Step(
        float[] v, float[] gradient, float[] up, float[] slope, float[] steps, float[] mean, float[] square, float beta, float meanScale, float squareScale)
    {
        var value = MemoryMarshal.Cast<float, Vector<float>>(v.AsSpan());
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradient.AsSpan());
        var h = MemoryMarshal.Cast<float, Vector<float>>(up.AsSpan());
        var s = MemoryMarshal.Cast<float, Vector<float>>(slope.AsSpan());
        var step = MemoryMarshal.Cast<float, Vector<float>>(steps.AsSpan());
        var m = MemoryMarshal.Cast<float, Vector<float>>(mean.AsSpan());
        var q = MemoryMarshal.Cast<float, Vector<float>>(square.AsSpan());
        var one = Vector<float>.One;
        for (int i = 0; i < value.Length; i++)
        {
            var total = g[i] * step[i];
            if (beta > 0)
            {
                var side = h[i] + h[i] - one;
                // |2h - 1|^(beta - 1); the smallest normal number keeps the logarithm finite.
                var power = Vector.Exp(Vector.Log(Vector.Max(Vector.Abs(side), new Vector<float>(1e-30f))) * (beta - 1));
                total -= Vector.CopySign(power, side) * (2 * Penalty * beta);
            }
            total *= s[i];
            m[i] = m[i] * 0.9f + total * 0.1f;
            q[i] = q[i] * 0.999f + total * total * 0.001f;
            value[i] -= LearningRate * m[i] * meanScale / (Vector.SquareRoot(q[i] * squareScale) + new Vector<float>(1e-8f));
        }
    }
}
