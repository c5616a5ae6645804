using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>The rounding of one layer's weights: lays them out for <see cref="RoundingProblem"/> group by group, and back.</summary>
internal sealed class LayerRounding
{
    private readonly PatchGeometry _geometry;
    private readonly Tensor _weights;
    private readonly NumberFormat _format;
    private readonly ValueRange[] _ranges;
    private readonly QuantizationParameters[] _parameters;
    private readonly Func<int, int> _slice;
    private readonly int _outputs;
    private readonly bool _outputsLast;

    public LayerRounding(Graph graph, Node node, PatchGeometry geometry, NumberFormat format)
    {
        var channels = OutputChannels.Of(graph, node)!;
        _geometry = geometry;
        _format = format;
        _weights = graph.Constant(node.Input(1))!;
        _slice = WeightCalibration.Slices(channels, format);
        _ranges = WeightCalibration.Ranges(_weights.Span<float>(), channels, format);
        _parameters = Array.ConvertAll(_ranges, r => QuantizationParameters.For(r, format));
        _outputs = channels.Count;
        _outputsLast = channels.Axis != 0;
    }

    /// <returns>
    /// Weights on their codes' values, those that give a range its extremes as they were; and the squared error on samples not trained on over that of rounding to nearest, 1 where nothing was gained.
    /// </returns>
    public (Tensor Weights, double RelativeError) Solve(ReadOnlySpan<float[]> rows, AdaRoundOptions options, int stream)
    {
        var result = _weights.Span<float>().ToArray();
        if (rows.Length < 5)
            return (_weights, 1);
        int perGroup = _outputs / _geometry.Groups, length = _geometry.GroupLength;
        bool own = perGroup == 1 && _geometry.Groups > 1;
        double nearest = 0, chosen = 0;
        for (int problem = 0; problem < (own ? 1 : _geometry.Groups); problem++)
        {
            int first = problem;
            int count = own ? _geometry.Groups : perGroup, lanes = RoundingProblem.Lanes(count);
            var (before, after) = Solve(new RoundingProblem(length, count, own, Operands(rows, problem, own)), length, count, lanes,
                (k, lane) => Element((own ? lane : first * perGroup + lane), k), result, options.Iterations, new SplitMix64(options.Seed, ~stream - problem * 65536));
            nearest += before;
            chosen += after;
        }
        return (Tensor.Create(result, _weights.Shape.AsSpan()), nearest > 0 ? chosen / nearest : 1);
    }

    private int Element(int output, int operand) => _outputsLast ? operand * _outputs + output : output * _geometry.GroupLength + operand;

    private float[][] Operands(ReadOnlySpan<float[]> rows, int group, bool own)
    {
        int length = _geometry.GroupLength, lanes = RoundingProblem.Lanes(_geometry.Groups);
        if (!own && _geometry.Groups == 1)
            return rows.ToArray();
        var operands = new float[rows.Length][];
        for (int r = 0; r < rows.Length; r++)
        {
            if (!own)
            {
                operands[r] = rows[r].AsSpan(group * length, length).ToArray();
                continue;
            }
            operands[r] = new float[length * lanes];
            for (int g = 0; g < _geometry.Groups; g++)
                for (int k = 0; k < length; k++)
                    operands[r][k * lanes + g] = rows[r][g * length + k];
        }
        return operands;
    }

    /// <summary>Writes the chosen weights into <paramref name="result"/>; returns the judged errors of rounding to nearest and of the choice.</summary>
    private (double Nearest, double Chosen) Solve(
        RoundingProblem problem, int length, int outputs, int lanes, Func<int, int, int> element, float[] result, int iterations, SplitMix64 random)
    {
        float[] floors = new float[length * lanes], fractions = new float[length * lanes], steps = new float[length * lanes], nearest = new float[length * lanes];
        for (int k = 0; k < length; k++)
            for (int lane = 0; lane < outputs; lane++)
            {
                int i = k * lanes + lane, e = element(k, lane), slice = _slice(e);
                float weight = result[e], step = _parameters[slice].Scale;
                nearest[i] = _parameters[slice].Dequantize(_parameters[slice].Quantize(weight, _format)) - weight;
                floors[i] = MathF.Floor(weight / step);
                fractions[i] = weight / step - floors[i];
                // The extremes give the range its parameters, and a code must have a neighbour above.
                bool pinned = weight == _ranges[slice].Min || weight == _ranges[slice].Max
                    || floors[i] + _parameters[slice].ZeroPoint < _format.CodeLow || floors[i] + 1 + _parameters[slice].ZeroPoint > _format.CodeHigh;
                steps[i] = pinned ? 0 : step;
            }
        var up = problem.Solve(fractions, steps, nearest, iterations, random);
        var chosen = nearest.ToArray();
        for (int i = 0; i < chosen.Length; i++)
            if (steps[i] > 0)
                chosen[i] = steps[i] * ((up[i] ? 1 : 0) - fractions[i]);
        double[] before = problem.Judge(nearest), after = problem.Judge(chosen);
        double total = 0;
        for (int lane = 0; lane < outputs; lane++)
        {
            bool better = after[lane] < before[lane];
            total += better ? after[lane] : before[lane];
            for (int k = 0; better && k < length; k++)
                if (k * lanes + lane is var i && steps[i] > 0)
                    result[element(k, lane)] = (floors[i] + (up[i] ? 1 : 0)) * steps[i];
        }
        return (before.Sum(), total);
    }
}
