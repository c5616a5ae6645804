using System.Collections.Immutable;
using Google.Protobuf;
using Parity.Core;
using Parity.Onnx.Proto;

namespace Parity.Onnx;

/// <summary>One operator of a graph. Its inputs, outputs and name change through <see cref="Graph"/> only; attributes here.</summary>
public sealed class Node
{
    internal Node(NodeProto proto)
    {
        Proto = proto;
        Captured = Subgraphs.Captured(proto);
    }

    /// <param name="inputs">Tensor names; "" for an optional input left out.</param>
    /// <param name="name">Empty lets the graph give a unique one.</param>
    public Node(string opType, IEnumerable<string> inputs, IEnumerable<string> outputs, string name = "", string domain = "")
        : this(new NodeProto { OpType = opType, Name = name })
    {
        if (domain.Length > 0)
            Proto.Domain = domain;
        Proto.Input.AddRange(inputs);
        Proto.Output.AddRange(outputs);
    }

    internal NodeProto Proto { get; }

    /// <summary>Unique in the graph.</summary>
    public string Name => Proto.Name;

    public string OpType => Proto.OpType;

    /// <summary>"" for ONNX's own operators.</summary>
    public string Domain => Proto.Domain == "ai.onnx" ? "" : Proto.Domain;

    public IReadOnlyList<string> Inputs => Proto.Input;

    public IReadOnlyList<string> Outputs => Proto.Output;

    /// <summary>Tensors of the enclosing graph that subgraphs (If, Loop, Scan) read.</summary>
    public ImmutableArray<string> Captured { get; internal set; }

    /// <summary>The input's tensor, or "" when left out.</summary>
    public string Input(int index) => index < Proto.Input.Count ? Proto.Input[index] : "";

    public bool HasInput(int index) => Input(index).Length > 0;

    /// <summary>The operator of ONNX's own domain by this name.</summary>
    public bool Is(string opType) => OpType == opType && Domain.Length == 0;

    public IEnumerable<string> AttributeNames => Proto.Attribute.Select(a => a.Name);

    public bool HasAttribute(string name) => Find(name) is not null;

    /// <exception cref="FaultException">The attribute is of another kind; likewise the other getters.</exception>
    public long Int(string name, long otherwise) => IntOrNull(name) ?? otherwise;

    public long? IntOrNull(string name) => Find(name, AttributeProto.Types.AttributeType.Int)?.I;

    public float Float(string name, float otherwise) => Find(name, AttributeProto.Types.AttributeType.Float)?.F ?? otherwise;

    public string Text(string name, string otherwise) => Find(name, AttributeProto.Types.AttributeType.String)?.S.ToStringUtf8() ?? otherwise;

    /// <summary>Empty when absent.</summary>
    public ImmutableArray<long> Ints(string name) => Find(name, AttributeProto.Types.AttributeType.Ints) is { } a ? [.. a.Ints] : [];

    /// <summary>Empty when absent.</summary>
    public ImmutableArray<float> Floats(string name) => Find(name, AttributeProto.Types.AttributeType.Floats) is { } a ? [.. a.Floats] : [];

    /// <summary>Empty when absent.</summary>
    public ImmutableArray<string> Texts(string name) =>
        Find(name, AttributeProto.Types.AttributeType.Strings) is { } a ? [.. a.Strings.Select(s => s.ToStringUtf8())] : [];

    public Tensor? Tensor(string name) =>
        Find(name, AttributeProto.Types.AttributeType.Tensor) is { } a ? TensorCodec.Decode(a.T, $"node {Name}, attribute {name}") : null;

    public Node Set(string name, long value) => Set(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value });

    public Node Set(string name, float value) => Set(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value });

    public Node Set(string name, string value) =>
        Set(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) });

    public Node Set(string name, IEnumerable<long> values) =>
        Set(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } });

    public Node Set(string name, IEnumerable<float> values) =>
        Set(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Floats, Floats = { values } });

    public Node Set(string name, Tensor value) =>
        Set(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Tensor, T = TensorCodec.Encode("", value) });

    public void RemoveAttribute(string name)
    {
        if (Find(name) is { } found)
            Proto.Attribute.Remove(found);
    }

    /// <summary>A node like this one, attributes included, with other tensors.</summary>
    public Node CopyWith(IEnumerable<string> inputs, IEnumerable<string> outputs, string name = "")
    {
        var proto = Proto.Clone();
        proto.Name = name;
        proto.Input.Clear();
        proto.Input.AddRange(inputs);
        proto.Output.Clear();
        proto.Output.AddRange(outputs);
        return new Node(proto);
    }

    /// <summary>A node of another operator of ONNX's own domain, with this one's attributes.</summary>
    /// <param name="attributes">Names of those to take over; the others are left out.</param>
    public Node As(string opType, IEnumerable<string> inputs, IEnumerable<string> outputs, string name, params ReadOnlySpan<string> attributes)
    {
        var node = new Node(opType, inputs, outputs, name);
        foreach (string attribute in attributes)
            if (Find(attribute) is { } found)
                node.Proto.Attribute.Add(found.Clone());
        return node;
    }

    public override string ToString() => $"{OpType} {Name}: {string.Join(", ", Inputs)} -> {string.Join(", ", Outputs)}";

    private Node Set(AttributeProto attribute)
    {
        RemoveAttribute(attribute.Name);
        Proto.Attribute.Add(attribute);
        return this;
    }

    private AttributeProto? Find(string name) => Proto.Attribute.FirstOrDefault(a => a.Name == name);

    private AttributeProto? Find(string name, AttributeProto.Types.AttributeType type)
    {
        var found = Find(name);
        // Files of IR version 1 do not say the type.
        if (found is not null && found.HasType && found.Type != type)
            throw new FaultException($"attribute {name} is of type {found.Type}, not {type}", $"node {Name} ({OpType})", "Export the model with the operator's documented attributes.");
        return found;
    }
}
