using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Pairs the operators of two canonical graphs by structure, whatever their names. Anchors come first: weighted operators whose weights are alike and like no others'. From
/// them pairs spread along the graph, the surest first: operators that read the same paired tensors, then those that paired operators read, then what alone is left
/// between paired neighbours. Each step takes only pairs that have no rival on either side, so nothing depends on names or on the order of files.
/// </summary>
internal sealed class GraphMatching
{
    /// <summary>Weights of 4 bits still agree to 0.98; unrelated ones of a layer to a few hundredths.</summary>
    private const double AnchorSimilarity = 0.9, AnchorMargin = 0.05, Alike = 0.5;

    private static readonly string[] Geometry = ["kernel_shape", "strides", "dilations", "perm"];

    private readonly MatchGraph _reference, _target;
    private readonly Func<string, (double Low, double High)?> _range;
    private readonly Dictionary<MatchNode, MatchNode> _pairs = [];
    private readonly HashSet<MatchNode> _taken = [];
    private readonly Dictionary<string, string> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<MatchNode, string> _evidence = [];
    private readonly HashSet<MatchNode> _weak = [];
    private readonly HashSet<string> _fused = new(StringComparer.Ordinal);
    private readonly Dictionary<(MatchNode, MatchNode), double?> _similarities = [];
    private ILookup<string, MatchNode> _kinds = null!;

    private GraphMatching(MatchGraph reference, MatchGraph target, Func<string, (double Low, double High)?> range) =>
        (_reference, _target, _range) = (reference, target, range);

    /// <summary>Tensors of the target by those of the reference.</summary>
    public IReadOnlyDictionary<string, string> Tensors => _tensors;

    /// <summary>
    /// Whether the activation behind the reference's tensor is one with its operator in the target: the quantizer clips as it does. Where the target still has the tensor
    /// between them, a tap there would keep runtimes from fusing the three, and change what it looks at.
    /// </summary>
    public bool IsFused(string tensor) => _fused.Contains(tensor) || (_tensors.TryGetValue(tensor, out string? target) && _range(target) is null
        && ActivationBehind(_reference, tensor) is { } activation && ActivationBehind(_target, target) is { } partner
        && activation.Node.OpType == partner.Node.OpType && _range(partner.Outputs[0]) is { } range && Clips(activation, range));

    /// <param name="range">What the quantizer behind a tensor of the target can hold, and so clips as a Relu or Clip would; null without one.</param>
    public static GraphMatching Of(MatchGraph reference, MatchGraph target, Func<string, (double Low, double High)?> range)
    {
        var matching = new GraphMatching(reference, target, range);
        matching.Run();
        return matching;
    }

    /// <summary>Why the operator that makes the reference's tensor has this partner; null without one.</summary>
    public string? EvidenceOf(string tensor) => _reference.ProducerOf(tensor) is { } node ? _evidence.GetValueOrDefault(node) : null;

    /// <summary>Whether nothing but kind and place speaks for the pair.</summary>
    public bool IsWeak(string tensor) => _reference.ProducerOf(tensor) is { } node && _weak.Contains(node);

    /// <summary>Why the operator that makes the tensor has no partner.</summary>
    public string WhyAlone(string tensor)
    {
        if (_reference.ProducerOf(tensor) is not { } node)
            return "not in target";
        List<MatchNode> rivals = [.. Candidates(node).Where(m => Inputs(node, m) is { Against: 0 })];
        return rivals.Count == 0
            ? $"no {node.Node.OpType} of this shape and place is left in the target"
            : $"{rivals.Count} operators of the target fit equally: {string.Join(", ", rivals.Take(3).Select(r => r.Outputs[0]))}{(rivals.Count > 3 ? ", ..." : "")}";
    }

    private void Run()
    {
        _kinds = _target.Nodes.ToLookup(n => n.Node.OpType, StringComparer.Ordinal);
        PairInputs();
        // Without its neighbours an operator may have a rival that they exclude, so that anchors are sought again at the end.
        Anchor();
        while (Step(ByInputs, "operands") || Step(ByConsumers, "readers") || Step(ByNeighbours, "neighbours") || Anchor() || Step(Alone, "kind and place", weak: true))
        {
        }
    }

    private void PairInputs()
    {
        var left = _target.Graph.Inputs.ToList();
        foreach (TensorInfo input in _reference.Graph.Inputs)
        {
            if ((left.FirstOrDefault(i => i.Name == input.Name) ?? left.FirstOrDefault(i => Fits(_reference.ShapeOf(input.Name), _target.ShapeOf(i.Name)))) is { } partner)
            {
                _tensors[input.Name] = partner.Name;
                left.Remove(partner);
            }
        }
    }

    private bool Anchor()
    {
        var scores = _reference.Nodes.Where(n => n.IsWeighted && !_pairs.ContainsKey(n))
            .SelectMany(n => Candidates(n).Select(m => (Reference: n, Target: m, Score: Similarity(n, m) ?? -1)))
            .Where(s => Inputs(s.Reference, s.Target) is { Against: 0 }).ToList();
        var byReference = scores.ToLookup(s => s.Reference);
        var byTarget = scores.ToLookup(s => s.Target);
        bool any = false;
        foreach (var (reference, target, score) in scores.Where(s => s.Score >= AnchorSimilarity))
        {
            if (byReference[reference].All(o => o.Target == target || o.Score <= score - AnchorMargin)
                && byTarget[target].All(o => o.Reference == reference || o.Score <= score - AnchorMargin))
                any |= Pair(reference, target, FormattableString.Invariant($"weights alike ({score:0.000})"));
        }
        return any;
    }

    /// <summary>Takes every pair that <paramref name="fits"/> and has no rival on either side; among rivals, the one whose constants are clearly more alike.</summary>
    private bool Step(Func<MatchNode, MatchNode, bool> fits, string evidence, bool weak = false)
    {
        var candidates = _reference.Nodes.Where(n => !_pairs.ContainsKey(n))
            .SelectMany(n => Candidates(n).Where(m => fits(n, m)).Select(m => (Reference: n, Target: m, Score: Similarity(n, m) ?? -1))).ToList();
        var byReference = candidates.ToLookup(c => c.Reference);
        var byTarget = candidates.ToLookup(c => c.Target);
        bool any = false;
        foreach (var (reference, target, score) in candidates)
        {
            bool best = byReference[reference].All(o => o.Target == target || o.Score <= score - AnchorMargin)
                && byTarget[target].All(o => o.Reference == reference || o.Score <= score - AnchorMargin);
            if (best && !_pairs.ContainsKey(reference) && !_taken.Contains(target))
            {
                any |= Pair(reference, target, reference.IsWeighted ? FormattableString.Invariant($"{evidence}, weights {score:0.000}") : evidence);
                if (weak)
                {
                    _weak.Add(reference);
                    return true;
                }
            }
        }
        return any || Twins(byReference, byTarget, evidence);
    }

    /// <summary>Operators that read the same and have the same constants make the same values: which of them is which does not matter.</summary>
    private bool Twins(ILookup<MatchNode, (MatchNode Reference, MatchNode Target, double Score)> byReference, ILookup<MatchNode, (MatchNode Reference, MatchNode Target, double Score)> byTarget, string evidence)
    {
        foreach (var rivals in byReference)
        {
            ImmutableArray<MatchNode> targets = [.. rivals.Select(r => r.Target).OrderBy(t => t.Order)];
            ImmutableArray<MatchNode> references = [.. byTarget[targets[0]].Select(r => r.Reference).OrderBy(r => r.Order)];
            if (targets.Length == references.Length && targets.Length > 1 && AllSame(references) && AllSame(targets)
                && references.All(r => byReference[r].Count() == targets.Length))
            {
                for (int i = 0; i < targets.Length; i++)
                    Pair(references[i], targets[i], $"{evidence}, one of {targets.Length} equal ones");
                return true;
            }
        }
        return false;

        static bool AllSame(ImmutableArray<MatchNode> nodes) =>
            nodes.All(n => n.Data.SequenceEqual(nodes[0].Data) && (ConstantSimilarity.Of(n, nodes[0]) ?? 0) > 1 - 1e-9 && n.Node.Inputs.Skip(n.Data.Length).SequenceEqual(nodes[0].Node.Inputs.Skip(n.Data.Length)));
    }

    private bool Pair(MatchNode reference, MatchNode target, string evidence)
    {
        if (_pairs.ContainsKey(reference) || !_taken.Add(target))
            return false;
        _pairs[reference] = target;
        _evidence[reference] = evidence;
        for (int i = 0; i < Math.Min(reference.Outputs.Length, target.Outputs.Length); i++)
            Bind(reference.Outputs[i], target.Outputs[i]);
        return true;
    }

    /// <summary>Where a quantizer clips what an activation would, the target's tensor stands for the one behind the activation.</summary>
    private void Bind(string reference, string target)
    {
        if (ActivationBehind(_reference, reference) is { } activation
            && !_target.ConsumersOf(target).Any(c => c.Node.OpType is "Relu" or "Clip") && _range(target) is { } range && Clips(activation, range) && !_pairs.ContainsKey(activation))
        {
            _fused.Add(reference);
            _evidence[activation] = $"{_evidence.GetValueOrDefault(_reference.ProducerOf(reference)!)}; its quantizer clips as {activation.Node.OpType} does";
            reference = activation.Outputs[0];
        }
        _tensors[reference] = target;
    }

    /// <summary>The Relu or Clip that alone reads the tensor.</summary>
    private static MatchNode? ActivationBehind(MatchGraph graph, string tensor) =>
        !graph.Graph.IsOutput(tensor) && graph.ConsumersOf(tensor) is [{ Node.OpType: "Relu" or "Clip" } activation] ? activation : null;

    private bool Clips(MatchNode activation, (double Low, double High) range)
    {
        double step = (range.High - range.Low) / 255;
        bool below = range.Low > -0.75 * step;
        if (activation.Node.OpType == "Relu")
            return below;
        // Limits are inputs since opset 11, attributes before.
        double Limit(int input, string attribute, float otherwise) => activation.Node.HasInput(input)
            ? _reference.Graph.Constant(activation.Node.Input(input)) is { Type: Core.ElementType.Float32, Count: 1 } t ? t.Span<float>()[0] : double.NaN
            : activation.Node.Float(attribute, otherwise);
        return below && Limit(1, "min", float.MinValue) == 0 && range.High <= Limit(2, "max", float.MaxValue) + 0.75 * step;
    }

    private bool IsFused(MatchNode node) => node.Data is [var data] && _fused.Contains(data);

    private IEnumerable<MatchNode> Candidates(MatchNode node) =>
        IsFused(node) ? [] : _kinds[node.Node.OpType].Where(m => !_taken.Contains(m) && Fit(node, m));

    private bool Fit(MatchNode a, MatchNode b) => a.Node.Domain == b.Node.Domain && a.Data.Length == b.Data.Length && a.Outputs.Length == b.Outputs.Length
        && a.Node.Int("group", 1) == b.Node.Int("group", 1) && Geometry.All(name => !a.Node.HasAttribute(name) || !b.Node.HasAttribute(name) || a.Node.Ints(name).SequenceEqual(b.Node.Ints(name)))
        && a.Outputs.Zip(b.Outputs).All(o => Fits(_reference.ShapeOf(o.First), _target.ShapeOf(o.Second)))
        && Similarity(a, b) is { } similarity && (a.IsWeighted || similarity >= Alike);

    private double? Similarity(MatchNode a, MatchNode b) =>
        _similarities.TryGetValue((a, b), out double? known) ? known : _similarities[(a, b)] = ConstantSimilarity.Of(a, b);

    private static bool Fits(ImmutableArray<int>? a, ImmutableArray<int>? b) =>
        a is not { } x || b is not { } y || (x.Length == y.Length && x.Zip(y).All(e => e.First < 0 || e.Second < 0 || e.First == e.Second));

    private bool ByInputs(MatchNode a, MatchNode b) => Inputs(a, b) is { Against: 0 } inputs && inputs.For == a.Data.Length && a.Data.Length > 0;

    private bool ByConsumers(MatchNode a, MatchNode b) => Inputs(a, b) is { Against: 0 } && Consumers(a, b) is { Against: 0, For: > 0 };

    private bool ByNeighbours(MatchNode a, MatchNode b) => Inputs(a, b) is { Against: 0 } inputs && Consumers(a, b) is { Against: 0 } consumers && inputs.For + consumers.For > 0;

    private bool Alone(MatchNode a, MatchNode b) => Inputs(a, b).Against == 0 && Consumers(a, b).Against == 0;

    /// <summary>How many operands are a pair, and how many are paired with something else.</summary>
    private (int For, int Against) Inputs(MatchNode a, MatchNode b)
    {
        int agreed = 0, against = 0;
        var left = b.Data.ToList();
        for (int i = 0; i < a.Data.Length; i++)
        {
            if (!_tensors.TryGetValue(a.Data[i], out string? partner))
                continue;
            bool same = a.IsCommutative ? left.Remove(partner) : i < b.Data.Length && b.Data[i] == partner;
            (agreed, against) = same ? (agreed + 1, against) : (agreed, against + 1);
        }
        return (agreed, against);
    }

    private (int For, int Against) Consumers(MatchNode a, MatchNode b)
    {
        int agreed = 0, against = 0;
        for (int o = 0; o < a.Outputs.Length; o++)
        {
            foreach (MatchNode reader in _reference.ConsumersOf(a.Outputs[o]))
            {
                if (!_pairs.TryGetValue(reader, out MatchNode? partner))
                    continue;
                bool same = reader.IsCommutative
                    ? partner.Data.Contains(b.Outputs[o])
                    : reader.Data.Select((d, i) => (d, i)).Where(d => d.d == a.Outputs[o]).All(d => d.i < partner.Data.Length && partner.Data[d.i] == b.Outputs[o]);
                (agreed, against) = same ? (agreed + 1, against) : (agreed, against + 1);
            }
        }
        return (agreed, against);
    }
}
