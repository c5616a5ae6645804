using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx.Proto;

namespace Parity.Onnx;

/// <summary>
/// The main graph of a model: queries by tensor name, and edits that keep the names of all else. Not thread-safe.
/// Nodes are always in topological order, and stay in the order of the file where that is one.
/// </summary>
public sealed partial class Graph
{
    private readonly GraphProto _proto;
    private readonly string _where;
    private readonly Dictionary<string, Node> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Node>> _consumers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorProto> _initializers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _decoded = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _suffixes = new(StringComparer.Ordinal);
    private List<Node> _nodes = [];
    private bool _sorted;
    private bool _edited;

    /// <exception cref="FaultException">Tensors made twice or by nobody, or a cycle.</exception>
    internal Graph(GraphProto proto, string where)
    {
        _proto = proto;
        _where = where;
        var faults = new FaultList();
        foreach (var info in proto.Input.Concat(proto.Output).Concat(proto.ValueInfo))
            _names.Add(info.Name);
        foreach (var tensor in proto.Initializer)
        {
            _names.Add(tensor.Name);
            if (!_initializers.TryAdd(tensor.Name, tensor))
                faults.Add($"two initializers are named {tensor.Name}", where, "Give each tensor its own name.");
        }
        _names.UnionWith(proto.Node.SelectMany(n => n.Input.Concat(n.Output)));
        var nodeNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in proto.Node)
        {
            if (node.Name.Length > 0)
                _names.Add(node.Name);
        }
        foreach (var item in proto.Node)
        {
            if (item.Name.Length == 0 || !nodeNames.Add(item.Name))
                item.Name = UniqueName(item.Name.Length > 0 ? item.Name : item.OpType);
            var node = new Node(item);
            _nodes.Add(node);
            foreach (string output in node.Outputs.Where(o => o.Length > 0))
            {
                if (_initializers.ContainsKey(output) || proto.Input.Any(i => i.Name == output) || !_producers.TryAdd(output, node))
                    faults.Add($"tensor {output} is made twice", $"{where}, node {node.Name} ({node.OpType})", "Give each tensor its own name.");
            }
            Subscribe(node);
        }
        foreach (var node in _nodes)
            foreach (string input in node.Inputs.Concat(node.Captured).Where(i => i.Length > 0 && !Has(i)))
                faults.Add($"nothing makes its input {input}", $"{where}, node {node.Name} ({node.OpType})", "Export the model whole, with its initializers.");
        foreach (var output in proto.Output.Where(o => !Has(o.Name)))
            faults.Add($"nothing makes the output {output.Name}", where, "Export the model whole.");
        faults.ThrowIfAny();
        _nodes = TopologicalOrder.Sort(_nodes, _producers, where);
        _sorted = true;
    }

    public string Name => _proto.Name;

    /// <summary>A snapshot in topological order: edits while walking it are safe.</summary>
    public ImmutableArray<Node> Nodes
    {
        get
        {
            if (!_sorted)
                _nodes = TopologicalOrder.Sort(_nodes, _producers, _where);
            _sorted = true;
            return [.. _nodes];
        }
    }

    /// <summary>What must be fed: declared inputs without those that have an initializer (IR version 3 lists both).</summary>
    public ImmutableArray<TensorInfo> Inputs => [.. _proto.Input.Where(i => !_initializers.ContainsKey(i.Name)).Select(Describe)];

    public ImmutableArray<TensorInfo> Outputs => [.. _proto.Output.Select(Describe)];

    /// <summary>Names in the order of the file.</summary>
    public ImmutableArray<string> Initializers => [.. _proto.Initializer.Select(t => t.Name)];

    /// <summary>Null for graph inputs, initializers and unknown names.</summary>
    public Node? ProducerOf(string tensor) => _producers.GetValueOrDefault(tensor);

    /// <summary>Each consumer once, also those whose subgraph reads the tensor; a graph output is no consumer.</summary>
    public ImmutableArray<Node> ConsumersOf(string tensor) => _consumers.TryGetValue(tensor, out var nodes) ? [.. nodes] : [];

    public bool IsOutput(string tensor) => _proto.Output.Any(o => o.Name == tensor);

    public bool IsInput(string tensor) => !IsInitializer(tensor) && _proto.Input.Any(i => i.Name == tensor);

    public bool IsInitializer(string tensor) => _initializers.ContainsKey(tensor);

    /// <summary>Whether an input, an initializer or a node of this graph makes the tensor.</summary>
    public bool Has(string tensor) => _producers.ContainsKey(tensor) || _initializers.ContainsKey(tensor)
        || _proto.Input.Any(i => i.Name == tensor) || _proto.SparseInitializer.Any(s => s.Values.Name == tensor);

    public Node? NodeNamed(string name) => _nodes.Find(n => n.Name == name);

    /// <summary>What the file declares of an input, output or inner tensor, or its initializer is; null when it says nothing.</summary>
    public TensorInfo? Declared(string tensor) =>
        _initializers.TryGetValue(tensor, out var data)
            ? new TensorInfo(tensor, (TensorType)data.DataType, [.. data.Dims.Select(d => (int)d)])
            : _proto.Input.Concat(_proto.Output).Concat(_proto.ValueInfo).FirstOrDefault(v => v.Name == tensor) is { } info ? Describe(info) : null;

    /// <summary>Unpacked as <see cref="TensorTypes.Unpacked"/> says; null when there is none of this name.</summary>
    /// <exception cref="FaultException">Strings, complex numbers, or data that does not fit the shape.</exception>
    public Tensor? Initializer(string name)
    {
        if (_decoded.TryGetValue(name, out var known))
            return known;
        if (!_initializers.TryGetValue(name, out var proto))
            return null;
        return _decoded[name] = TensorCodec.Decode(proto, $"{_where}, initializer {name}");
    }

    /// <summary>The stored element type of an initializer or of a Constant's value, where 4-bit codes and 8-bit floats are told apart from what they unpack to.</summary>
    public TensorType? ConstantType(string tensor)
    {
        if (_initializers.TryGetValue(tensor, out var proto))
            return (TensorType)proto.DataType;
        var node = ProducerOf(tensor);
        if (node is null)
            return null;
        if (node.Is("Identity"))
            return ConstantType(node.Input(0));
        return node.Is("Constant") && node.Proto.Attribute.FirstOrDefault(a => a.Name == "value") is { } value
            ? (TensorType)value.T.DataType
            : Constant(tensor) is { } constant ? TensorTypes.Of(constant.Type) : null;
    }

    /// <summary>The value of an initializer, of a Constant node, or of an Identity of one; null when the tensor is not constant.</summary>
    /// <exception cref="FaultException">Strings, complex numbers, or data that does not fit the shape.</exception>
    public Tensor? Constant(string tensor)
    {
        if (_initializers.ContainsKey(tensor))
            return Initializer(tensor);
        var node = ProducerOf(tensor);
        if (node is null)
            return null;
        if (node.Is("Identity"))
            return Constant(node.Input(0));
        if (!node.Is("Constant"))
            return null;
        if (_decoded.TryGetValue(tensor, out var known))
            return known;
        var value = node.AttributeNames.FirstOrDefault() switch
        {
            "value" => node.Tensor("value"),
            "value_float" => Tensor.Create(new[] { node.Float("value_float", 0) }),
            "value_floats" => Tensor.Create(node.Floats("value_floats").ToArray(), node.Floats("value_floats").Length),
            "value_int" => Tensor.Create(new[] { node.Int("value_int", 0) }),
            "value_ints" => Tensor.Create(node.Ints("value_ints").ToArray(), node.Ints("value_ints").Length),
            _ => null,
        };
        if (value is not null)
            _decoded[tensor] = value;
        return value;
    }

    /// <summary>A name that no tensor and no node has: the stem itself, or with _1, _2 and so on. It is reserved from now on.</summary>
    public string UniqueName(string stem)
    {
        string name = stem;
        while (name.Length == 0 || !_names.Add(name))
            name = $"{stem}_{_suffixes[stem] = _suffixes.GetValueOrDefault(stem) + 1}";
        return name;
    }

    /// <summary>The graph as a message that shares nothing that can change with this graph.</summary>
    internal GraphProto ToProto()
    {
        var copy = _proto.Clone();
        copy.Node.Clear();
        copy.Node.AddRange(Nodes.Select(n => n.Proto.Clone()));
        if (_edited)
        {
            var kept = copy.ValueInfo.Where(v => Has(v.Name)).ToList();
            copy.ValueInfo.Clear();
            copy.ValueInfo.AddRange(kept);
        }
        return copy;
    }

    private static TensorInfo Describe(ValueInfoProto info)
    {
        var tensor = info.Type?.TensorType;
        return new TensorInfo(
            info.Name,
            (TensorType)(tensor?.ElemType ?? 0),
            tensor?.Shape is { } shape
                ? [.. shape.Dim.Select(d => d.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && d.DimValue is >= 0 and <= int.MaxValue ? (int)d.DimValue : -1)]
                : null);
    }

    private void Subscribe(Node node)
    {
        foreach (string input in node.Inputs.Concat(node.Captured).Where(i => i.Length > 0).Distinct())
        {
            if (!_consumers.TryGetValue(input, out var nodes))
                _consumers[input] = nodes = [];
            nodes.Add(node);
        }
    }

    private void Unsubscribe(Node node)
    {
        foreach (string input in node.Inputs.Concat(node.Captured).Where(i => i.Length > 0).Distinct())
            _consumers[input].Remove(node);
    }
}
