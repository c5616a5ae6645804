using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Which operators the target's compiler joins to one: a first operator, perhaps an Add, perhaps an activation.</summary>
internal sealed class OperatorUnits
{
    private readonly Dictionary<string, ImmutableArray<Node>> _units = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inner = new(StringComparer.Ordinal);
    private readonly Graph _graph;
    private readonly Func<Node, bool> _isFirst;
    private readonly Func<string, bool> _isFloat;

    /// <param name="isFirst">Operators that the target quantizes.</param>
    public OperatorUnits(Graph graph, ImmutableArray<FusionRule> rules, Func<Node, bool> isFirst, Func<string, bool> isFloat)
    {
        (_graph, _isFirst, _isFloat) = (graph, isFirst, isFloat);
        foreach (var node in graph.Nodes)
            if (isFirst(node) && !_units.ContainsKey(node.Name) && rules.FirstOrDefault(f => f.Operators.Any(node.Is)) is { } rule)
                Join([node, .. Followers(node, rule)]);
    }

    /// <summary>Tensors between the operators of a unit.</summary>
    public IReadOnlySet<string> Inner => _inner;

    /// <summary>The operator with all that it is joined to, in the order of the graph; itself when alone.</summary>
    public ImmutableArray<Node> Of(Node node) => _units.GetValueOrDefault(node.Name, [node]);

    /// <summary>Whether it is joined to an operator in front of it.</summary>
    public bool IsJoined(Node node) => Of(node)[0].Name != node.Name;

    public void Dissolve(Node node)
    {
        foreach (var member in Of(node))
        {
            _inner.ExceptWith(member.Outputs);
            _units.Remove(member.Name);
        }
    }

    /// <summary>The only operator that reads the first output of <paramref name="node"/>, and reads it once.</summary>
    public static Node? SoleReader(Graph graph, Node node)
    {
        string output = node.Outputs[0];
        return !graph.IsOutput(output) && graph.ConsumersOf(output) is [var only] && only.Inputs.Count(i => i == output) == 1 ? only : null;
    }

    private void Join(ImmutableArray<Node> unit)
    {
        if (unit.Length == 1)
            return;
        foreach (var member in unit)
            _units[member.Name] = unit;
        _inner.UnionWith(unit[..^1].SelectMany(m => m.Outputs));
    }

    private IEnumerable<Node> Followers(Node first, FusionRule rule)
    {
        var last = first;
        if (rule.Add && Add(first) is { } add)
            yield return last = add;
        if (SoleReader(_graph, last) is { } next && rule.Activations.Any(next.Is) && next.Input(0) == last.Outputs[0])
            yield return next;
        else if (Gated(last.Outputs[0], rule) is var (gate, product))
        {
            yield return gate;
            yield return product;
        }
    }

    /// <summary>The sum that takes the operator in; of two operators that could, the later one does.</summary>
    private Node? Add(Node first)
    {
        if (SoleReader(_graph, first) is not { } add || !add.Is("Add") || !_isFloat(add.Outputs[0]) || add.Inputs.Any(i => _graph.Constant(i) is not null))
            return null;
        var other = _graph.ProducerOf(add.Input(add.Input(0) == first.Outputs[0] ? 1 : 0));
        bool otherIsLater = other is not null && _isFirst(other) && !_units.ContainsKey(other.Name) && SoleReader(_graph, other) == add
            && _graph.Nodes.IndexOf(other) > _graph.Nodes.IndexOf(first);
        return otherIsLater ? null : add;
    }

    private (Node Gate, Node Product)? Gated(string tensor, FusionRule rule) =>
        !_graph.IsOutput(tensor) && _graph.ConsumersOf(tensor) is { Length: 2 } readers
        && readers.FirstOrDefault(r => IsGate(r, rule)) is { } gate && SoleReader(_graph, gate) is { } product && product.Is("Mul") && product.Inputs.Contains(tensor)
            ? (gate, product) : null;

    private static bool IsGate(Node node, FusionRule rule) =>
        (node.Is("Sigmoid") && rule.Activations.Contains(FusionRule.Silu)) || (node.Is("HardSigmoid") && rule.Activations.Contains(FusionRule.HardSwish));
}
