using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>Translates the operators of a chain to its steps, registers reused as soon as nothing reads them any more.</summary>
internal sealed class ChainWriter(Graph graph, string source)
{
    private const string RoundedLogarithm = "RoundedLogarithm";

    private readonly Dictionary<string, int> _registers = new(StringComparer.Ordinal) { [source] = 0 };
    private readonly List<ChainStep> _steps = [];
    private readonly SortedSet<int> _free = [];
    private int _count = 1;

    /// <param name="members">In the order in which they run.</param>
    public Chain Write(ImmutableArray<Node> members)
    {
        members = WithRoundedLogarithms(members);
        var lastReader = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < members.Length; i++)
            foreach (string input in members[i].Inputs)
                lastReader[input] = i;
        for (int i = 0; i < members.Length; i++)
        {
            Node node = members[i];
            int target = _free.Count > 0 ? _free.Min : _count++;
            _free.Remove(target);
            _steps.Add(Step(node, target));
            _registers[node.Outputs[0]] = target;
            foreach (string input in node.Inputs.Distinct())
                if (_registers.TryGetValue(input, out int register) && lastReader[input] == i)
                    _free.Add(register);
        }
        return new Chain([.. ChainPeephole.Apply(_steps)], _count);
    }

    /// <summary>
    /// Round(log(x) f - z) is one step, computed by comparing x with the values at which the code changes: a logarithm in float32 would now and then miss one of them.
    /// </summary>
    private ImmutableArray<Node> WithRoundedLogarithms(ImmutableArray<Node> members)
    {
        foreach (Node round in members.Where(m => m.Is("Round")))
        {
            if (Alone(round.Input(0), "Sub") is not { } moved || Alone(moved.Input(0), "Mul") is not { } scaled || Alone(scaled.Input(0), "Log") is not { } logarithm || scaled.Inputs.Any(_registers.ContainsKey))
                continue;
            var whole = new Node(RoundedLogarithm, [logarithm.Input(0)], [round.Outputs[0]], round.Name).Set("factor", Scalar(scaled.Input(1))).Set("offset", Scalar(moved.Input(1)));
            members = [.. members.Except([moved, scaled, logarithm]).Select(m => m == round ? whole : m)];
        }
        return members;

        Node? Alone(string tensor, string type) => graph.ProducerOf(tensor) is { } node && node.Is(type) && members.Contains(node) && graph.ConsumersOf(tensor).Length == 1 ? node : null;
    }

    private ChainStep Step(Node node, int target)
    {
        bool swapped = graph.IsInitializer(node.Input(0)) && !node.Is("Gather");
        int a = _registers.GetValueOrDefault(node.Input(swapped ? 1 : 0));
        float x = Scalar(node.Input(swapped ? 0 : 1));
        bool both = !swapped && _registers.ContainsKey(node.Input(1));
        int b = both ? _registers[node.Input(1)] : 0;
        ChainStep Of(ChainOperation operation) => new(operation, target, a, b, X: x);
        switch (node.OpType)
        {
            case "Div": return Of(ChainOperation.Divide);
            case "Mul": return Of(both ? ChainOperation.MultiplyBoth : ChainOperation.Multiply);
            case "Add": return Of(both ? ChainOperation.AddBoth : ChainOperation.Add);
            case "Sub": return Of(both ? ChainOperation.SubtractBoth : ChainOperation.Subtract);
            case "Abs": return Of(ChainOperation.Abs);
            case "Floor": return Of(ChainOperation.Floor);
            case "Sign": return Of(ChainOperation.Sign);
            case "Round": return Of(ChainOperation.Round);
            case "Log": return Of(ChainOperation.Log);
            case RoundedLogarithm: return new ChainStep(ChainOperation.RoundedLogarithm, target, a, Y: node.Float("offset", 0), Logarithms: new LogarithmSteps((int)Math.Round(node.Float("factor", 0) * Math.Log(2))));
            case "Max": return Of(ChainOperation.AtLeast);
            case "GreaterOrEqual": return Of(ChainOperation.IsAtLeast);
            case "Less": return Of(ChainOperation.IsLess);
            case "Clip": return Of(ChainOperation.Clip) with { Y = Scalar(node.Input(2)) };
            case "Where":
                return _registers.TryGetValue(node.Input(2), out int c) ? Of(ChainOperation.Where) with { C = c } : Of(ChainOperation.WhereElse) with { Y = Scalar(node.Input(2)) };
            case "Gather": return new ChainStep(ChainOperation.Look, target, b, Table: graph.Initializer(node.Input(0))!.Span<float>().ToArray());
            case "Cast" when node.Int("to", 0) == (int)TensorType.Float16: return Of(ChainOperation.ToHalf);
            case "Cast" when node.Int("to", 0) == (int)TensorType.Int32: return Of(ChainOperation.Truncate);
            // Times one: what comes from half is a float32 already, and an identity is what it is.
            case "Cast" or "Identity": return Of(ChainOperation.Multiply) with { X = 1 };
            case "QuantizeLinear":
                var (low, high) = Range(graph.ConstantType(node.Input(2))!.Value);
                float zero = ZeroPoint(node);
                return Of(ChainOperation.Quantize) with { Y = zero, Low = low - zero, High = high - zero };
            case "DequantizeLinear": return Of(ChainOperation.Dequantize) with { Y = ZeroPoint(node) };
            default: throw new InvalidOperationException($"{node.OpType} is no operator of a chain");
        }
    }

    private float Scalar(string tensor) => graph.Initializer(tensor) is { Type: ElementType.Float32, Count: 1 } value ? value.Span<float>()[0] : 0;

    private float ZeroPoint(Node node) => (float)LinearQuantization.Codes(graph.Initializer(node.Input(2))!).Single();

    private static (int Low, int High) Range(TensorType type) => type switch
    {
        TensorType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        TensorType.UInt8 => (byte.MinValue, byte.MaxValue),
        TensorType.Int16 => (short.MinValue, short.MaxValue),
        _ => (ushort.MinValue, ushort.MaxValue),
    };
}
