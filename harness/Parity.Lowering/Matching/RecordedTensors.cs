using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>The layer map of a recording, which has tensors and no graph: by exact name, and where a tool gave names of its own by values alone, which the map then says.</summary>
public static class RecordedTensors
{
    /// <summary>A vendor's names say nothing, so that only a tensor that nothing else resembles is taken.</summary>
    private const double Alike = 0.97, Margin = 0.01;

    public static (LayerMap Map, ImmutableArray<string> Notes) Map(OnnxModel reference, ImmutableArray<TensorPort> recorded, PairCheck.Agreement agreement)
    {
        ImmutableArray<string> tensors = LayerMapping.FloatTensors(reference);
        var pairs = recorded.Select(r => r.Name).Where(tensors.Contains).ToDictionary(n => n, n => (Target: n, Reason: "same name"), StringComparer.Ordinal);
        ImmutableArray<string> places = [.. recorded.Select(r => r.Name).Where(n => !pairs.ContainsKey(n) && !reference.Graph.IsInput(n))];
        var shapes = ShapeInference.Of(reference, reference.Graph.Inputs.Where(i => i.Shape is [-1, ..]).ToDictionary(i => i.Name, i => i.Shape!.Value.SetItem(0, 1)));
        var shapeOf = recorded.ToDictionary(r => r.Name, r => r.Shape, StringComparer.Ordinal);
        bool IsFlat(string recordedName) => shapeOf[recordedName].Length == 1;
        List<(string Reference, string Target)> questions =
        [
            .. tensors.Where(t => !pairs.ContainsKey(t))
                .SelectMany(t => places.Where(p => shapes.ShapeOf(t) is not { } shape || shape.SequenceEqual(shapeOf[p]) || (IsFlat(p) && shape.Aggregate(1L, (n, e) => n * e) == shapeOf[p][0])).Select(p => (t, p))),
        ];
        var answers = agreement([.. questions, .. pairs.Select(p => (p.Key, p.Value.Target))]);
        var byReference = questions.Where(answers.ContainsKey).ToLookup(q => q.Reference);
        var byTarget = questions.Where(answers.ContainsKey).ToLookup(q => q.Target);
        foreach (var question in questions.Where(q => answers.TryGetValue(q, out double c) && c >= Alike))
        {
            double cosine = answers[question];
            if (byReference[question.Reference].All(o => o == question || answers[o] <= cosine - Margin) && byTarget[question.Target].All(o => o == question || answers[o] <= cosine - Margin))
                pairs.Add(question.Reference, (question.Target, FormattableString.Invariant($"values alike ({cosine:0.000})")));
        }
        // A recording that has a layer in another shape is no reason to lose the others.
        bool Comparable(string t) => pairs.TryGetValue(t, out var p) && answers.ContainsKey((t, p.Target));
        var map = new LayerMap(
            [.. tensors.Where(Comparable).Select(t => new LayerMapRow([t], [pairs[t].Target], IsFlat(pairs[t].Target) && shapes.ShapeOf(t)?.Length != 1 ? TensorTransform.Flattened : TensorTransform.None, pairs[t].Reason, null, "unknown"))],
            [.. tensors.Where(t => !Comparable(t)).Select(t => new UnmatchedTensor(t, pairs.ContainsKey(t) ? "recorded in another shape, or not finite on every image" : "not in the recording by name, nor clearly by values"))]);
        var used = pairs.Values.Select(p => p.Target).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<string> left = [.. places.Where(p => !used.Contains(p))];
        return (map, left.IsEmpty ? [] : [$"{left.Length} recorded tensors stand for no tensor of the float model that could be told: {string.Join(", ", left.Take(8))}{(left.Length > 8 ? ", ..." : "")}"]);
    }
}
