using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx.Proto;

namespace Parity.Onnx;

public sealed partial class Graph
{
    /// <summary>Adds a node behind all others, as far as its consumers allow. An empty name is replaced by a unique one.</summary>
    /// <exception cref="ArgumentException">A tensor of its outputs exists, or its name is taken.</exception>
    public Node Add(Node node) => Insert(node, _nodes.Count);

    /// <summary>
    /// Adds nodes of which the first reads <paramref name="tensor"/>, and lets every present consumer of the tensor read the last
    /// one's first output instead. Graph outputs keep the tensor.
    /// </summary>
    public void InsertAfter(string tensor, params ReadOnlySpan<Node> chain)
    {
        var consumers = ConsumersOf(tensor);
        foreach (var node in chain)
            InsertBehindProducers(node);
        foreach (var consumer in consumers)
            ReplaceInput(consumer, tensor, chain[^1].Outputs[0]);
    }

    /// <summary>Adds nodes and lets one input of one consumer read the last one's first output.</summary>
    public void InsertBefore(Node consumer, int input, params ReadOnlySpan<Node> chain)
    {
        foreach (var node in chain)
            InsertBehindProducers(node);
        SetInput(consumer, input, chain[^1].Outputs[0]);
    }

    /// <summary>Takes the node out. Consumers of its outputs must be given other inputs before the model is written.</summary>
    public void Remove(Node node)
    {
        if (!_nodes.Remove(node))
            throw new ArgumentException($"node {node.Name} is not in the graph", nameof(node));
        Unsubscribe(node);
        foreach (string output in node.Outputs.Where(o => o.Length > 0))
        {
            _producers.Remove(output);
            _decoded.Remove(output);
        }
        Changed();
    }

    /// <summary>
    /// Takes the node out and lets the consumers of its first output read <paramref name="source"/> (its first input when null). A graph output keeps
    /// its name: the source is renamed to it, or copied by an Identity when the source must keep its own (input, initializer, other output).
    /// </summary>
    public void Bypass(Node node, string? source = null)
    {
        source ??= node.Input(0);
        string output = node.Outputs[0];
        Remove(node);
        if (!IsOutput(output))
            ReplaceAllUses(output, source);
        else if (ProducerOf(source) is not null && !IsOutput(source))
            RenameTensor(source, output);
        else
            InsertBehindProducers(new Node("Identity", [source], [output], node.Name));
    }

    /// <summary>Sets one input, adding left-out ones ("") before it.</summary>
    public void SetInput(Node consumer, int index, string tensor)
    {
        Unsubscribe(consumer);
        while (consumer.Proto.Input.Count <= index)
            consumer.Proto.Input.Add("");
        consumer.Proto.Input[index] = tensor;
        _names.Add(tensor);
        Subscribe(consumer);
        Changed();
    }

    /// <summary>Lets one consumer read another tensor wherever it reads <paramref name="from"/>, in its subgraphs too.</summary>
    public void ReplaceInput(Node consumer, string from, string to)
    {
        Unsubscribe(consumer);
        for (int i = 0; i < consumer.Proto.Input.Count; i++)
            if (consumer.Proto.Input[i] == from)
                consumer.Proto.Input[i] = to;
        if (consumer.Captured.Contains(from))
        {
            Subgraphs.Rename(consumer.Proto, from, to);
            consumer.Captured = Subgraphs.Captured(consumer.Proto);
        }
        Subscribe(consumer);
        Changed();
    }

    /// <summary>Lets all nodes that read <paramref name="from"/> read <paramref name="to"/>. Graph outputs are left alone.</summary>
    public void ReplaceAllUses(string from, string to)
    {
        foreach (var consumer in ConsumersOf(from))
            ReplaceInput(consumer, from, to);
    }

    /// <summary>Adds or replaces an initializer.</summary>
    /// <param name="type">Undefined takes the tensor's own; Int4 and the like pack Int8 and UInt8.</param>
    /// <exception cref="FaultException">The elements do not fit the type.</exception>
    public void SetInitializer(string name, Tensor tensor, TensorType type = TensorType.Undefined)
    {
        if (_producers.ContainsKey(name))
            throw new ArgumentException($"a node makes the tensor {name}", nameof(name));
        var proto = TensorCodec.Encode(name, tensor, type);
        if (_initializers.TryGetValue(name, out var old))
            _proto.Initializer[IndexOf(old)] = proto;
        else
            _proto.Initializer.Add(proto);
        _initializers[name] = proto;
        _decoded[name] = tensor;
        _names.Add(name);
        // IR version 3 repeats initializers as inputs; a replaced one may have another type and shape.
        if (_proto.Input.FirstOrDefault(i => i.Name == name) is { } input)
            input.Type = TypeOf((TensorType)proto.DataType, tensor.Shape);
        Changed();
    }

    public void RemoveInitializer(string name)
    {
        if (!_initializers.Remove(name, out var proto))
            throw new ArgumentException($"there is no initializer {name}", nameof(name));
        _proto.Initializer.RemoveAt(IndexOf(proto));
        if (_proto.Input.FirstOrDefault(i => i.Name == name) is { } input)
            _proto.Input.Remove(input);
        _decoded.Remove(name);
        Changed();
    }

    /// <summary>Declares a tensor as an output; one that is an output already stays as it is.</summary>
    /// <param name="type">Undefined writes no type: runtimes infer it.</param>
    public void AddOutput(string tensor, TensorType type = TensorType.Undefined, ImmutableArray<int>? shape = null)
    {
        if (IsOutput(tensor))
            return;
        var declared = Declared(tensor);
        type = type == TensorType.Undefined ? declared?.Type ?? type : type;
        shape ??= declared?.Shape;
        var info = new ValueInfoProto { Name = tensor };
        if (type != TensorType.Undefined)
            info.Type = TypeOf(type, shape);
        _proto.Output.Add(info);
        Changed();
    }

    public void RemoveOutput(string tensor)
    {
        _proto.Output.Remove(_proto.Output.First(o => o.Name == tensor));
        Changed();
    }

    /// <summary>Adds an input.</summary>
    /// <param name="shape">Extents, -1 where open.</param>
    public void AddInput(string name, TensorType type, params ImmutableArray<int> shape)
    {
        if (Has(name))
            throw new ArgumentException($"tensor {name} exists already", nameof(name));
        _proto.Input.Add(new ValueInfoProto { Name = name, Type = TypeOf(type, shape) });
        _names.Add(name);
        Changed();
    }

    /// <summary>Renames a tensor everywhere, as input, output and initializer too.</summary>
    /// <exception cref="ArgumentException">The new name is taken.</exception>
    public void RenameTensor(string from, string to)
    {
        if (Has(to))
            throw new ArgumentException($"tensor {to} exists already", nameof(to));
        if (_producers.Remove(from, out var producer))
        {
            producer.Proto.Output[producer.Proto.Output.IndexOf(from)] = to;
            _producers[to] = producer;
        }
        if (_initializers.Remove(from, out var initializer))
        {
            initializer.Name = to;
            _initializers[to] = initializer;
        }
        if (_decoded.Remove(from, out var decoded))
            _decoded[to] = decoded;
        _names.Add(to);
        foreach (var info in _proto.Input.Concat(_proto.Output).Where(i => i.Name == from))
            info.Name = to;
        // The new name may stand for an output that was declared before; two declarations of one name are not allowed.
        foreach (var info in _proto.ValueInfo.Where(i => i.Name == from).ToList())
        {
            if (IsOutput(to) || _proto.Input.Any(i => i.Name == to) || _proto.ValueInfo.Any(i => i.Name == to))
                _proto.ValueInfo.Remove(info);
            else
                info.Name = to;
        }
        foreach (var annotation in _proto.QuantizationAnnotation.Where(a => a.TensorName == from))
            annotation.TensorName = to;
        ReplaceAllUses(from, to);
        Changed();
    }

    /// <exception cref="ArgumentException">Another node has the name.</exception>
    public void RenameNode(Node node, string name)
    {
        if (NodeNamed(name) is { } other && other != node)
            throw new ArgumentException($"a node named {name} exists already", nameof(name));
        node.Proto.Name = name;
        _names.Add(name);
    }

    /// <summary>Removes nodes and initializers that no graph output depends on.</summary>
    public void Prune()
    {
        foreach (var node in Nodes.Reverse())
            if (node.Outputs.All(o => o.Length == 0 || (ConsumersOf(o).Length == 0 && !IsOutput(o))))
                Remove(node);
        foreach (string name in Initializers)
            if (ConsumersOf(name).Length == 0 && !IsOutput(name))
                RemoveInitializer(name);
    }

    /// <summary>Replaces the declared shapes of inner tensors, as after inference; inputs and outputs keep theirs.</summary>
    public void Declare(IEnumerable<TensorInfo> tensors)
    {
        _proto.ValueInfo.Clear();
        foreach (var tensor in tensors.Where(t => t.Type != TensorType.Undefined && ProducerOf(t.Name) is not null && !IsOutput(t.Name)))
            _proto.ValueInfo.Add(new ValueInfoProto { Name = tensor.Name, Type = TypeOf(tensor.Type, tensor.Shape) });
    }

    private Node InsertBehindProducers(Node node)
    {
        int behind = -1;
        foreach (string input in node.Inputs)
            if (_producers.TryGetValue(input, out var producer))
                behind = Math.Max(behind, _nodes.IndexOf(producer));
        return Insert(node, behind + 1);
    }

    private Node Insert(Node node, int position)
    {
        if (node.Outputs.FirstOrDefault(Has) is { } taken)
            throw new ArgumentException($"tensor {taken} exists already", nameof(node));
        if (node.Name.Length > 0 && NodeNamed(node.Name) is not null)
            throw new ArgumentException($"a node named {node.Name} exists already", nameof(node));
        if (node.Name.Length == 0)
            node.Proto.Name = UniqueName(node.OpType);
        _names.Add(node.Name);
        _names.UnionWith(node.Inputs.Concat(node.Outputs));
        _nodes.Insert(position, node);
        foreach (string output in node.Outputs.Where(o => o.Length > 0))
        {
            _producers[output] = node;
            _decoded.Remove(output);
        }
        Subscribe(node);
        Changed();
        return node;
    }

    private static TypeProto TypeOf(TensorType type, ImmutableArray<int>? shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type };
        if (shape is { } known)
        {
            tensor.Shape = new TensorShapeProto();
            foreach (int extent in known)
                tensor.Shape.Dim.Add(extent < 0 ? new TensorShapeProto.Types.Dimension() : new TensorShapeProto.Types.Dimension { DimValue = extent });
        }
        return new TypeProto { TensorType = tensor };
    }

    /// <summary>By reference: messages compare by content, weight by weight.</summary>
    private int IndexOf(TensorProto initializer)
    {
        int index = 0;
        while (!ReferenceEquals(_proto.Initializer[index], initializer))
            index++;
        return index;
    }

    private void Changed() => (_sorted, _edited) = (false, true);
}
