using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Which operators of a float graph the target quantizes, by its profile and the layers kept in float.</summary>
internal sealed class QuantizedOperators
{
    private readonly Dictionary<string, OperatorRule> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _residualInputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _fused = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _inner = new(StringComparer.Ordinal);
    private readonly HashSet<string> _floatOutputs = new(StringComparer.Ordinal);
    private readonly Graph _graph;
    private readonly Func<string, bool> _isFloat;

    /// <param name="keptOutputs">Outputs of the nodes to keep in float.</param>
    public QuantizedOperators(Graph graph, InferredShapes shapes, QuantizationRules rules, IReadOnlySet<string> keptOutputs)
    {
        _graph = graph;
        _isFloat = tensor => shapes.TypeOf(tensor) == TensorType.Float32;
        var nodes = graph.Nodes;
        foreach (var node in nodes)
            if (rules.RuleFor(node) is { } rule && _isFloat(node.Outputs[0]) && _isFloat(node.Input(0)))
                _rules[node.Name] = rule;
        if (rules.FloatOutputLayers)
            KeepBeforeLastWeighted(nodes);
        foreach (var node in nodes)
            if (rules.Fusions.FirstOrDefault(f => f.Operators.Any(node.Is)) is { } fusion && _rules.ContainsKey(node.Name) && !_fused.ContainsKey(node.Name))
                Fuse(node, fusion);
        var kept = ImmutableArray.CreateBuilder<string>();
        foreach (var node in nodes)
        {
            string head = _fused.GetValueOrDefault(node.Name, node.Name);
            string[] unit = [head, .. _fused.Where(f => f.Value == head).Select(f => f.Key)];
            if (unit.Any(_rules.ContainsKey) && unit.Any(n => graph.NodeNamed(n)!.Outputs.Any(keptOutputs.Contains)))
                kept.Add(node.Name);
        }
        KeptFloat = kept.ToImmutable();
        foreach (string name in KeptFloat)
        {
            _rules.Remove(name);
            if (_fused.Remove(name, out string? head))
                foreach (string tensor in _inner.Where(i => i.Value == head).Select(i => i.Key).ToList())
                    _inner.Remove(tensor);
        }
        foreach (var add in nodes.Where(n => RuleOf(n)?.Role == OperatorRole.Residual))
        {
            if (ResidualInput(add) is { } input)
                _residualInputs[add.Name] = input;
            else
                _rules.Remove(add.Name);
        }
    }

    /// <summary>Nodes that would be quantized but for the patterns, with those they fuse with, in the order of the graph.</summary>
    public ImmutableArray<string> KeptFloat { get; }

    /// <summary>Tensors between operators that the target makes one.</summary>
    public IReadOnlySet<string> FusedTensors => _inner.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>Null when the node runs in float, or is fused into the one before it and has no rule of its own.</summary>
    public OperatorRule? RuleOf(Node node) => _rules.GetValueOrDefault(node.Name);

    public bool IsFusedActivation(Node node) => _fused.ContainsKey(node.Name);

    /// <summary>Weighted operators, whose constants are weights and bias.</summary>
    public IEnumerable<Node> Weighted => _graph.Nodes.Where(n => RuleOf(n)?.Role == OperatorRole.Weighted);

    /// <summary>Whether the node's outputs are made as codes, when its profile quantizes outputs.</summary>
    public bool MakesCodes(Node node) => (IsFusedActivation(node) || RuleOf(node)?.Role is OperatorRole.Weighted or OperatorRole.Computed) && !_floatOutputs.Contains(node.Outputs[0]);

    /// <summary>Inputs that the operator wants quantized, weights and bias of a weighted one excepted.</summary>
    public IEnumerable<int> DataInputs(Node node)
    {
        if (IsFusedActivation(node) || RuleOf(node) is not { } rule)
            return [];
        IEnumerable<int> inputs = rule.Role switch
        {
            OperatorRole.Weighted => OutputChannels.Of(_graph, node) is null ? [0, 1] : [0],
            OperatorRole.Computed => rule.EveryInput ? Enumerable.Range(0, node.Inputs.Count) : [0],
            OperatorRole.Residual => [_residualInputs[node.Name]],
            _ => [],
        };
        return inputs.Where(i => node.HasInput(i) && _isFloat(node.Input(i)));
    }

    private void Fuse(Node node, FusionRule fusion)
    {
        string output = node.Outputs[0];
        if (SoleReader(node) is { } next && fusion.Activations.Any(next.Is) && next.Input(0) == output)
            (_fused[next.Name], _inner[output]) = (node.Name, node.Name);
        // x * g(x): x is read by g and by the product, g(x) by the product alone.
        else if (!_graph.IsOutput(output) && _graph.ConsumersOf(output) is [var a, var b] && Gated(a, b, output, fusion) is var (gate, product))
        {
            (_fused[gate.Name], _fused[product.Name]) = (node.Name, node.Name);
            (_inner[output], _inner[gate.Outputs[0]]) = (node.Name, node.Name);
        }
    }

    private (Node Gate, Node Product)? Gated(Node a, Node b, string input, FusionRule fusion)
    {
        var (gate, product) = a.Is("Mul") ? (b, a) : (a, b);
        return fusion.Gates.Any(gate.Is) && product.Is("Mul") && SoleReader(gate) == product && product.Inputs.Contains(input) ? (gate, product) : null;
    }

    /// <summary>Takes the rules of all operators that stand behind every weighted one; the last weighted ones give their sums as they are.</summary>
    private void KeepBeforeLastWeighted(ImmutableArray<Node> nodes)
    {
        var ahead = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<Node>(nodes.Where(n => RuleOf(n)?.Role == OperatorRole.Weighted));
        while (waiting.TryPop(out var node))
            foreach (string input in node.Inputs)
                if (_graph.ProducerOf(input) is { } producer && ahead.Add(producer.Name))
                    waiting.Push(producer);
        foreach (var node in nodes.Where(n => _rules.ContainsKey(n.Name) && !ahead.Contains(n.Name)))
        {
            if (RuleOf(node)!.Role == OperatorRole.Weighted)
                _floatOutputs.Add(node.Outputs[0]);
            else
                _rules.Remove(node.Name);
        }
    }

    private Node? SoleReader(Node node)
    {
        string output = node.Outputs[0];
        return !_graph.IsOutput(output) && _graph.ConsumersOf(output) is [var only] && only.Inputs.Count(i => i == output) == 1 ? only : null;
    }

    /// <summary>The branch that does not fuse with the Add; of two weighted branches the later one fuses.</summary>
    private int? ResidualInput(Node add)
    {
        if (add.Inputs.Any(i => _graph.Constant(i) is not null))
            return null;
        bool[] fuses = [.. add.Inputs.Select(i => _graph.ProducerOf(i) is { } p && RuleOf(p)?.Role == OperatorRole.Weighted && SoleReader(p) == add)];
        if (fuses is [true, true])
        {
            var order = _graph.Nodes;
            return order.IndexOf(_graph.ProducerOf(add.Input(0))!) < order.IndexOf(_graph.ProducerOf(add.Input(1))!) ? 0 : 1;
        }
        return fuses switch
        {
            [true, _] => 1,
            [_, true] => 0,
            _ => null,
        };
    }
}
