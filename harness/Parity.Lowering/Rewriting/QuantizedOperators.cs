using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Which operators of a float graph the target quantizes, by its profile and the layers kept in float.</summary>
internal sealed class QuantizedOperators
{
    private readonly Dictionary<string, OperatorRule> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _residualInputs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _floatOutputs = new(StringComparer.Ordinal);
    private readonly OperatorUnits _units;
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
        // Sums that are given as they are have nothing fused behind them that would make codes.
        _units = new OperatorUnits(graph, rules.Fusions, n => _rules.ContainsKey(n.Name) && !_floatOutputs.Contains(n.Outputs[0]), _isFloat);
        KeptFloat =
        [
            .. nodes.Where(n => _units.Of(n).Any(m => _rules.ContainsKey(m.Name)) && _units.Of(n).Any(m => m.Outputs.Any(keptOutputs.Contains))).Select(n => (n, _units.Of(n))),
        ];
        foreach (var (node, _) in KeptFloat)
        {
            _rules.Remove(node.Name);
            _units.Dissolve(node);
        }
        foreach (var add in nodes.Where(n => RuleOf(n)?.Role == OperatorRole.Residual))
        {
            if (ResidualInput(add) is { } input)
                _residualInputs[add.Name] = input;
            else
                _rules.Remove(add.Name);
        }
    }

    /// <summary>Nodes that would be quantized but for the layers kept, each with all it would be fused with, in the order of the graph.</summary>
    public ImmutableArray<(Node Node, ImmutableArray<Node> Unit)> KeptFloat { get; }

    /// <summary>Tensors between operators that the target makes one.</summary>
    public IReadOnlySet<string> FusedTensors => _units.Inner;

    /// <summary>Null when the node runs in float, or is fused with the one before it and has no rule of its own.</summary>
    public OperatorRule? RuleOf(Node node) => _rules.GetValueOrDefault(node.Name);

    /// <summary>Whether the target makes one operator of it and of one in front of it.</summary>
    public bool IsFused(Node node) => _units.IsJoined(node);

    /// <summary>The operator with those it is fused with, in the order of the graph.</summary>
    public ImmutableArray<Node> Unit(Node node) => _units.Of(node);

    /// <summary>Weighted operators, whose constants are weights and bias.</summary>
    public IEnumerable<Node> Weighted => _graph.Nodes.Where(n => RuleOf(n)?.Role == OperatorRole.Weighted);

    /// <summary>What the nodes of the graph make.</summary>
    public IEnumerable<string> Outputs => _graph.Nodes.SelectMany(n => n.Outputs).Where(o => o.Length > 0);

    /// <summary>Whether the operator's data or weights, as which it reads the tensor, are quantized.</summary>
    public bool BecomesCodes(Node node, string tensor) =>
        DataInputs(node).Any(i => node.Input(i) == tensor) || (RuleOf(node)?.Role == OperatorRole.Weighted && node.Input(1) == tensor);

    /// <summary>Whether the node's outputs are made as codes, when its profile quantizes outputs.</summary>
    public bool MakesCodes(Node node) => (IsFused(node) || RuleOf(node)?.Role is OperatorRole.Weighted or OperatorRole.Computed) && !_floatOutputs.Contains(node.Outputs[0]);

    /// <summary>Inputs that the operator wants quantized, weights and bias of a weighted one excepted.</summary>
    public IEnumerable<int> DataInputs(Node node)
    {
        if (IsFused(node))
            return Enumerable.Range(0, node.Is("Add") ? 2 : 0).Where(i => !FusedTensors.Contains(node.Input(i)));
        if (RuleOf(node) is not { } rule)
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

    /// <summary>The branch that does not fuse with the Add; of two weighted branches the later one fuses.</summary>
    private int? ResidualInput(Node add)
    {
        if (add.Inputs.Any(i => _graph.Constant(i) is not null))
            return null;
        bool[] fuses = [.. add.Inputs.Select(i => _graph.ProducerOf(i) is { } p && RuleOf(p)?.Role == OperatorRole.Weighted && OperatorUnits.SoleReader(_graph, p) == add)];
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
