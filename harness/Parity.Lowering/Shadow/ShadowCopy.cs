using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Writes a copy of one graph into another, its layers cut apart at the tensors that the other graph feeds.</summary>
internal sealed class ShadowCopy(Graph into, Graph source, string prefix, IReadOnlyDictionary<string, string> fed)
{
    /// <exception cref="FaultException">The graph has control flow.</exception>
    public void Write()
    {
        foreach (string name in source.Initializers)
            into.SetInitializer(prefix + name, source.Initializer(name)!, source.ConstantType(name)!.Value);
        foreach (Node node in source.Nodes)
        {
            if (!node.Captured.IsEmpty)
                throw new FaultException($"{node.OpType} has a graph of its own", $"node {node.Name}", "Isolated errors need a model without control flow.");
            // Nodes are in topological order, so what a pair of the copy needs is there.
            string[] inputs = [.. node.Inputs.Select(i => Read(node, i))];
            into.Add(node.CopyWith(inputs, node.Outputs.Select(o => o.Length == 0 ? o : prefix + o), into.UniqueName(prefix + node.Name)));
        }
    }

    /// <summary>The tensor of the copy that carries a layer's result as a tap reads it: the codes where a Q follows.</summary>
    public string Carrier(string tensor) => prefix + (source.ConsumersOf(tensor).FirstOrDefault(QdqView.IsQuantize) is { } quantize ? quantize.Outputs[0] : tensor);

    private string Read(Node reader, string tensor)
    {
        if (tensor.Length == 0 || source.IsInput(tensor))
            return tensor;
        Node? producer = source.ProducerOf(tensor);
        if (fed.TryGetValue(tensor, out string? reference))
        {
            // A layer's result goes into its own pair, so that runtimes fuse the two.
            if (QdqView.IsQuantize(reader))
                return prefix + tensor;
            return producer is not null && QdqView.IsDequantize(producer) && source.ProducerOf(producer.Input(0)) is { } own && QdqView.IsQuantize(own)
                ? Dequantized(producer, Quantized(own, reference), tensor)
                : reference;
        }
        return producer is not null && QdqView.IsQuantize(producer) && fed.TryGetValue(producer.Input(0), out reference)
            ? Quantized(producer, reference)
            : prefix + tensor;
    }

    /// <summary>The reference's tensor through the same Q; made once.</summary>
    private string Quantized(Node quantize, string reference) => Once(quantize, quantize.Outputs[0], reference);

    private string Dequantized(Node dequantize, string codes, string tensor) => Once(dequantize, tensor, codes);

    private string Once(Node node, string tensor, string data)
    {
        string output = $"{prefix}{tensor}/fed";
        if (!into.Has(output))
            into.Add(node.CopyWith([data, .. node.Inputs.Skip(1).Select(i => i.Length == 0 ? i : prefix + i)], [output], into.UniqueName($"{prefix}{node.Name}/fed")));
        return output;
    }
}
