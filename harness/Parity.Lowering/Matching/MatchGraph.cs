using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>A canonical model as the matching reads it: the operators that make float tensors, with the float tensors that they take in.</summary>
internal sealed class MatchGraph
{
    private readonly OnnxModel _model;
    private readonly InferredShapes _shapes;
    private readonly Dictionary<string, MatchNode> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<MatchNode>> _consumers = new(StringComparer.Ordinal);

    public MatchGraph(OnnxModel model)
    {
        _model = model;
        var open = model.Graph.Inputs.Where(i => i.Shape is [-1, ..]).ToDictionary(i => i.Name, i => i.Shape!.Value.SetItem(0, 1));
        _shapes = ShapeInference.Of(model, open);
        var constant = new HashSet<string>(model.Graph.Initializers, StringComparer.Ordinal);
        var nodes = ImmutableArray.CreateBuilder<MatchNode>();
        foreach (Node node in model.Graph.Nodes)
        {
            if (node.Captured.IsEmpty && node.Inputs.All(i => i.Length == 0 || constant.Contains(i)))
            {
                constant.UnionWith(node.Outputs);
                continue;
            }
            ImmutableArray<string> outputs = [.. node.Outputs.Where(o => o.Length > 0 && IsFloat(o))];
            if (outputs.IsEmpty)
                continue;
            var made = new MatchNode(node, nodes.Count, [.. node.Inputs.Where(i => i.Length > 0 && !constant.Contains(i) && IsFloat(i))], outputs, Constants(node));
            nodes.Add(made);
            foreach (string output in outputs)
                _producers[output] = made;
            foreach (string input in made.Data.Distinct(StringComparer.Ordinal))
                (_consumers.TryGetValue(input, out var readers) ? readers : _consumers[input] = []).Add(made);
        }
        Nodes = nodes.ToImmutable();
    }

    /// <summary>In topological order.</summary>
    public ImmutableArray<MatchNode> Nodes { get; }

    public Graph Graph => _model.Graph;

    public ImmutableArray<int>? ShapeOf(string tensor) => _shapes.ShapeOf(tensor);

    public MatchNode? ProducerOf(string tensor) => _producers.GetValueOrDefault(tensor);

    public IReadOnlyList<MatchNode> ConsumersOf(string tensor) => _consumers.TryGetValue(tensor, out var nodes) ? nodes : [];

    private bool IsFloat(string tensor) => _shapes.TypeOf(tensor) is TensorType.Float32 or TensorType.Float16 or TensorType.Undefined;

    private ImmutableArray<Tensor> Constants(Node node) =>
        [.. node.Inputs.Where(i => i.Length > 0).Select(_model.Graph.Constant).OfType<Tensor>().Where(t => t.Type == ElementType.Float32 && t.Count > 0)];
}

/// <param name="Order">Place in the topological order.</param>
/// <param name="Data">Float tensors that depend on the model's input, in the order in which they are read.</param>
/// <param name="Constants">Float32 constants: weights first, in the order in which they are read.</param>
internal sealed record MatchNode(Node Node, int Order, ImmutableArray<string> Data, ImmutableArray<string> Outputs, ImmutableArray<Tensor> Constants)
{
    private static readonly ImmutableHashSet<string> Commutative = ["Add", "Mul", "Max", "Min", "Mean", "Sum"];

    public bool IsCommutative => Commutative.Contains(Node.OpType);

    public bool IsWeighted => Node.OpType is "Conv" or "ConvTranspose" or "MatMul" or "Gemm" && Constants is [{ Shape.Length: >= 2 }, ..];

    public bool Equals(MatchNode? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Order;
}
