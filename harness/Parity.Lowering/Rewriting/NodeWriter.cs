using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Adds nodes and constants whose names all begin with one tensor's.</summary>
internal sealed class NodeWriter(Graph graph, string stem)
{
    /// <summary>Adds a node with one output and gives the output's name.</summary>
    public string Node(string opType, string output, params ReadOnlySpan<string> inputs) => Node(opType, output, _ => { }, inputs);

    public string Node(string opType, string output, Action<Node> attributes, params ReadOnlySpan<string> inputs)
    {
        string name = graph.UniqueName($"{stem}/{output}");
        var node = new Node(opType, inputs.ToArray(), [name], graph.UniqueName($"{name}/{opType}"));
        attributes(node);
        graph.Add(node);
        return name;
    }

    public string Scalar(string name, float value) => Constant(name, Tensor.Create(new[] { value }));

    public string Constant(string name, Tensor value)
    {
        string unique = graph.UniqueName($"{stem}/{name}");
        graph.SetInitializer(unique, value);
        return unique;
    }
}
