using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>
/// Finds the chains of elementwise operators by which a model rounds, and puts one operator of <see cref="ChainKernels.Domain"/> in place of each. ONNX Runtime fuses none of them, and
/// a pass through memory for every operator cost more than the model's own products.
/// </summary>
internal sealed class ChainFusion
{
    private readonly Graph _graph;
    private readonly InferredShapes _shapes;
    private readonly bool _withPairs;

    // The tensor from which a chain's operator takes everything that it reads, by the tensor that it makes.
    private readonly Dictionary<string, string> _sources = new(StringComparer.Ordinal);

    private ChainFusion(OnnxModel model, bool withPairs) => (_graph, _shapes, _withPairs) = (model.Graph, ShapeInference.Of(model), withPairs);

    /// <param name="withPairs">Q and DQ too; not where the runtime is to fuse them to integer kernels.</param>
    /// <returns>By the operator's type; empty, with the model as it was, where there is nothing to fuse.</returns>
    public static ImmutableSortedDictionary<string, Chain> Apply(OnnxModel model, bool withPairs) => new ChainFusion(model, withPairs).Apply(model);

    private ImmutableSortedDictionary<string, Chain> Apply(OnnxModel model)
    {
        ImmutableArray<Node> nodes = _graph.Nodes;
        foreach (Node node in nodes)
            if (Operands(node) is { IsEmpty: false } operands && operands.Select(SourceOf).Distinct(StringComparer.Ordinal).ToList() is [var source])
                _sources[node.Outputs[0]] = source;
        var chains = ImmutableSortedDictionary.CreateBuilder<string, Chain>(StringComparer.Ordinal);
        var replaced = new List<(Node Last, Node Fused)>();
        foreach (Node last in nodes)
        {
            if (!IsEnd(last) || _shapes.TypeOf(_sources[last.Outputs[0]]) != TensorType.Float32)
                continue;
            string source = _sources[last.Outputs[0]];
            ImmutableArray<Node> members = Members(last, nodes);
            if (members.Length < 2 || !members.Any(IsRounding))
                continue;
            string type = $"Chain{chains.Count}";
            chains[type] = new ChainWriter(_graph, source).Write(members);
            replaced.Add((last, new Node(type, [source], [last.Outputs[0]], last.Name, ChainKernels.Domain)));
        }
        if (replaced.Count == 0)
            return ImmutableSortedDictionary<string, Chain>.Empty;
        foreach (var (last, fused) in replaced)
        {
            _graph.Remove(last);
            _graph.Add(fused);
        }
        _graph.Prune();
        model.ImportDomain(ChainKernels.Domain, 1);
        return chains.ToImmutable();
    }

    private string SourceOf(string tensor) => _sources.GetValueOrDefault(tensor, tensor);

    /// <summary>Makes floats for others than the chain itself.</summary>
    private bool IsEnd(Node node)
    {
        string output = node.Outputs[0];
        return _sources.TryGetValue(output, out string? source) && !node.Is("QuantizeLinear") && !IsToHalf(node) && _shapes.TypeOf(output) == TensorType.Float32
            && (_graph.IsOutput(output) || _graph.ConsumersOf(output).Any(c => _sources.GetValueOrDefault(c.Outputs[0]) != source));
    }

    /// <summary>What leads from the source to the node, in the order of the graph.</summary>
    private ImmutableArray<Node> Members(Node last, ImmutableArray<Node> nodes)
    {
        var members = new HashSet<Node> { last };
        var waiting = new Stack<Node>([last]);
        while (waiting.TryPop(out Node? node))
            foreach (string operand in Operands(node))
                if (_sources.ContainsKey(operand) && _graph.ProducerOf(operand) is { } producer && members.Add(producer))
                    waiting.Push(producer);
        return [.. nodes.Where(members.Contains)];
    }

    /// <summary>The tensors that a chain's operator reads; empty of any other operator.</summary>
    private ImmutableArray<string> Operands(Node node) => node.Domain.Length > 0 || node.Outputs.Count != 1 ? [] : node.OpType switch
    {
        "Abs" or "Floor" or "Sign" or "Round" or "Log" or "Identity" when !IsConstant(node.Input(0)) => [node.Input(0)],
        "Div" or "Sub" or "Max" or "GreaterOrEqual" or "Less" when !IsConstant(node.Input(0)) && IsScalar(node.Input(1)) => [node.Input(0)],
        "Mul" or "Add" when IsScalar(node.Input(1)) && !IsConstant(node.Input(0)) => [node.Input(0)],
        "Mul" or "Add" when IsScalar(node.Input(0)) && !IsConstant(node.Input(1)) => [node.Input(1)],
        "Mul" or "Add" or "Sub" when !IsConstant(node.Input(0)) && !IsConstant(node.Input(1)) => [node.Input(0), node.Input(1)],
        "Clip" when !IsConstant(node.Input(0)) && IsScalar(node.Input(1)) && IsScalar(node.Input(2)) => [node.Input(0)],
        "Where" when !IsConstant(node.Input(0)) && !IsConstant(node.Input(1)) && (IsScalar(node.Input(2)) || !IsConstant(node.Input(2))) =>
            IsScalar(node.Input(2)) ? [node.Input(0), node.Input(1)] : [node.Input(0), node.Input(1), node.Input(2)],
        "Cast" when IsToHalf(node) && !IsConstant(node.Input(0)) => [node.Input(0)],
        "Cast" when node.Int("to", 0) == (int)TensorType.Float32 && _graph.ProducerOf(node.Input(0)) is { } half && IsToHalf(half) && !IsConstant(half.Input(0)) => [node.Input(0)],
        "Cast" when node.Int("to", 0) == (int)TensorType.Int32 && _graph.ConsumersOf(node.Outputs[0]) is [{ OpType: "Gather" } reader] && IsTable(reader) => [node.Input(0)],
        "Gather" when IsTable(node) && _graph.ProducerOf(node.Input(1)) is { OpType: "Cast" } cast && _sources.ContainsKey(cast.Outputs[0]) => [node.Input(1)],
        "QuantizeLinear" when _withPairs && !IsConstant(node.Input(0)) && IsPerTensor(node) => [node.Input(0)],
        "DequantizeLinear" when _withPairs && IsPerTensor(node) && _graph.ProducerOf(node.Input(0)) is { OpType: "QuantizeLinear" } quantize && _sources.ContainsKey(quantize.Outputs[0]) => [node.Input(0)],
        _ => [],
    };

    private static bool IsRounding(Node node) => node.OpType is "Round" or "Floor" or "Gather" or "QuantizeLinear" or "Cast";

    private static bool IsToHalf(Node node) => node.Is("Cast") && node.Int("to", 0) == (int)TensorType.Float16;

    private bool IsTable(Node gather) => gather.Int("axis", 0) == 0 && _graph.Initializer(gather.Input(0)) is { Type: ElementType.Float32, Shape.Length: 1 };

    private bool IsScalar(string tensor) => tensor.Length > 0 && _graph.Initializer(tensor) is { Type: ElementType.Float32, Count: 1, Shape.Length: <= 1 };

    private bool IsConstant(string tensor) => tensor.Length == 0 || _graph.IsInitializer(tensor) || _graph.ProducerOf(tensor) is { } producer && (producer.Is("Constant") || producer.Is("DequantizeLinear") && IsConstant(producer.Input(0)));

    private bool IsPerTensor(Node node) => IsScalar(node.Input(1)) && !node.HasAttribute("block_size")
        && node.HasInput(2) && _graph.Initializer(node.Input(2)) is { Count: 1, Type: ElementType.Int8 or ElementType.UInt8 or ElementType.Int16 or ElementType.UInt16 }
        && _graph.ConstantType(node.Input(2)) is TensorType.Int8 or TensorType.UInt8 or TensorType.Int16 or TensorType.UInt16;
}
