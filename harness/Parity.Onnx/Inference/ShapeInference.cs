using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Onnx;

/// <summary>
/// Element types and extents of all tensors, from the inputs on, by each operator's definition; integers that follow from constants and extents
/// are carried along, so that computed Reshape, Slice and Resize arguments give whole shapes. Nothing is guessed: what an operator leaves open stays open.
/// </summary>
public static class ShapeInference
{
    /// <summary>Values are carried for tensors of up to this many elements.</summary>
    public const int LargestValue = 1024;

    /// <param name="inputs">Shapes by input name that replace the declared ones, as to pin an open batch.</param>
    /// <exception cref="FaultException">A name that is no input, or a shape that contradicts the declared one.</exception>
    public static InferredShapes Of(OnnxModel model, IReadOnlyDictionary<string, ImmutableArray<int>>? inputs = null)
    {
        var graph = model.Graph;
        var facts = new Dictionary<string, InferredShapes.Fact>(StringComparer.Ordinal);
        var faults = new FaultList();
        foreach (string name in inputs?.Keys.Where(k => !graph.IsInput(k)) ?? [])
            faults.Add($"there is no input {name}", "shapes given for inference", $"The inputs are: {string.Join(", ", graph.Inputs.Select(i => i.Name))}.");
        foreach (var input in graph.Inputs)
        {
            int[]? shape = input.Shape?.ToArray();
            if (inputs is not null && inputs.TryGetValue(input.Name, out var pinned))
            {
                if (shape is not null && (shape.Length != pinned.Length || shape.Zip(pinned).Any(p => p.First >= 0 && p.First != p.Second)))
                    faults.Add($"shape [{string.Join(',', pinned)}] contradicts the declared [{string.Join(',', shape)}]", $"input {input.Name}", "Pin open extents only.");
                shape = [.. pinned];
            }
            facts[input.Name] = new InferredShapes.Fact(input.Type, shape, null);
        }
        faults.ThrowIfAny();
        foreach (string name in graph.Initializers)
            facts[name] = FactOf(graph, name, graph.Declared(name)!.Type, [.. graph.Declared(name)!.Shape!.Value]);
        var unknown = ImmutableArray.CreateBuilder<NotInferred>();
        foreach (var node in graph.Nodes)
        {
            if (node.Is("Constant") && graph.Constant(node.Outputs[0]) is { } constant)
            {
                facts[node.Outputs[0]] = FactOf(graph, node.Outputs[0], graph.ConstantType(node.Outputs[0])!.Value, [.. constant.Shape]);
                continue;
            }
            var context = new InferenceNode(node, model.OpsetVersion, facts);
            if (OperatorRules.Find(node) is not { } rule)
                unknown.Add(new NotInferred(node, node.Domain.Length == 0 ? $"operator {node.OpType} is not known here" : $"operator {node.Domain}.{node.OpType} is not known here"));
            else if (!Apply(rule, context, out string reason))
                unknown.Add(new NotInferred(node, reason));
            foreach (string output in node.Outputs.Where(o => o.Length > 0 && !facts.ContainsKey(o)))
                facts[output] = new InferredShapes.Fact(TensorType.Undefined, null, null);
        }
        return new InferredShapes(facts, unknown.ToImmutable());
    }

    private static bool Apply(Action<InferenceNode> rule, InferenceNode context, out string reason)
    {
        reason = "";
        try
        {
            rule(context);
        }
        catch (NotInferableException e)
        {
            reason = e.Message;
        }
        return reason.Length == 0;
    }

    private static InferredShapes.Fact FactOf(Graph graph, string tensor, TensorType type, int[] shape)
    {
        long count = shape.Aggregate(1L, (n, extent) => n * extent);
        bool carried = count <= LargestValue && TensorTypes.Unpacked(type) is not null;
        return new InferredShapes.Fact(type, shape, carried && graph.Constant(tensor) is { } value ? Values(value) : null);
    }

    private static double?[] Values(Tensor tensor) => tensor.Type switch
    {
        ElementType.Float32 => [.. tensor.Span<float>().ToArray().Select(v => (double?)v)],
        ElementType.Float64 => [.. tensor.Span<double>().ToArray().Select(v => (double?)v)],
        ElementType.Float16 => [.. tensor.Span<Half>().ToArray().Select(v => (double?)(double)v)],
        ElementType.BFloat16 => [.. tensor.Span<ushort>().ToArray().Select(v => (double?)BitConverter.UInt32BitsToSingle((uint)v << 16))],
        ElementType.Bool => [.. tensor.Span<bool>().ToArray().Select(v => (double?)(v ? 1 : 0))],
        ElementType.UInt64 => [.. tensor.Span<ulong>().ToArray().Select(v => (double?)v)],
        _ => [.. LinearQuantization.Codes(tensor).Select(v => (double?)v)],
    };
}

/// <summary>An operator's inputs contradict its definition, or an argument its shape depends on is computed from data.</summary>
internal sealed class NotInferableException(string reason) : Exception(reason);
