using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Writes a copy of one graph into another, its layers cut apart at the tensors that the other graph feeds.</summary>
/// <param name="emulated">Quantizers made of operators: what they make of a fed tensor is made again from the other graph's.</param>
internal sealed class ShadowCopy(Graph into, Graph source, string prefix, IReadOnlyDictionary<string, string> fed, ImmutableArray<EmulatedQuantizer> emulated)
{
    private readonly Dictionary<string, EmulatedQuantizer> _emulated = emulated.DistinctBy(e => e.Result).ToDictionary(e => e.Result, StringComparer.Ordinal);
    private readonly HashSet<string> _quantizing = [.. emulated.SelectMany(e => Between(source, e)).Select(n => n.Name)];

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
        // A layer's result goes through its own quantizer.
        if (_quantizing.Contains(reader.Name))
            return prefix + tensor;
        if (_emulated.TryGetValue(tensor, out var quantizer) && fed.TryGetValue(quantizer.Source, out string? exact) && !QdqView.IsQuantize(reader))
            return Emulated(quantizer, exact);
        if (producer is not null && QdqView.IsDequantize(producer) && source.ProducerOf(producer.Input(0)) is { } before && QdqView.IsQuantize(before)
            && _emulated.TryGetValue(before.Input(0), out quantizer) && fed.TryGetValue(quantizer.Source, out exact))
        {
            return Dequantized(producer, Quantized(before, Emulated(quantizer, exact)), tensor);
        }
        if (fed.TryGetValue(tensor, out string? reference))
        {
            // A layer's result goes into its own pair, so that runtimes fuse the two.
            if (QdqView.IsQuantize(reader))
                return prefix + tensor;
            return producer is not null && QdqView.IsDequantize(producer) && source.ProducerOf(producer.Input(0)) is { } own && QdqView.IsQuantize(own)
                ? Dequantized(producer, Quantized(own, _emulated.TryGetValue(own.Input(0), out quantizer) ? Emulated(quantizer, reference) : reference), tensor)
                : reference;
        }
        return producer is not null && QdqView.IsQuantize(producer) && fed.TryGetValue(producer.Input(0), out reference)
            ? Quantized(producer, reference)
            : prefix + tensor;
    }

    /// <summary>The reference's tensor through the same Q; made once.</summary>
    private string Quantized(Node quantize, string reference) => Once(quantize, quantize.Outputs[0], reference);

    private string Dequantized(Node dequantize, string codes, string tensor) => Once(dequantize, tensor, codes);

    /// <summary>What the quantizer's operators make of the reference's tensor.</summary>
    private string Emulated(EmulatedQuantizer quantizer, string reference)
    {
        string Fed(string tensor) => tensor == quantizer.Source ? reference : source.ProducerOf(tensor) is null ? prefix + tensor : $"{prefix}{tensor}/fed";
        foreach (Node node in Between(source, quantizer))
            if (!into.Has($"{prefix}{node.Outputs[0]}/fed"))
                into.Add(node.CopyWith([.. node.Inputs.Select(i => i.Length == 0 ? i : Fed(i))], [.. node.Outputs.Select(o => $"{prefix}{o}/fed")], into.UniqueName($"{prefix}{node.Name}/fed")));
        return $"{prefix}{quantizer.Result}/fed";
    }

    /// <summary>The quantizer's operators, in the order of the graph.</summary>
    private static IEnumerable<Node> Between(Graph graph, EmulatedQuantizer quantizer)
    {
        var found = new HashSet<Node>();
        var open = new Stack<string>([quantizer.Result]);
        while (open.TryPop(out string? tensor))
            if (tensor != quantizer.Source && graph.ProducerOf(tensor) is { } node && found.Add(node))
                foreach (string input in node.Inputs)
                    open.Push(input);
        return graph.Nodes.Where(found.Contains);
    }

    private string Once(Node node, string tensor, string data)
    {
        string output = $"{prefix}{tensor}/fed";
        if (!into.Has(output))
            into.Add(node.CopyWith([data, .. node.Inputs.Skip(1).Select(i => i.Length == 0 ? i : prefix + i)], [output], into.UniqueName($"{prefix}{node.Name}/fed")));
        return output;
    }
}
