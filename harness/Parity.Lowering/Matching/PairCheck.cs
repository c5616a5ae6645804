using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Holds pairs against values. A wrong pair is far off on every image though what its operator reads agrees; a layer that quantization broke looks the same, so the structure
/// decides what is done: another tensor of the target that agrees takes the pair's place, a pair that only kind and place spoke for is given up, any other stays and says so.
/// </summary>
public static class PairCheck
{
    /// <summary>Cosines: below the first a pair is in doubt, at the second its operands agree, at the third another tensor has the values.</summary>
    private const double Doubtful = 0.7, Agreeing = 0.9, Found = 0.97;

    /// <summary>The best cosine that each pair of tensors has on any image; no entry where it has none (shapes differ, not finite, no such value).</summary>
    public delegate IReadOnlyDictionary<(string Reference, string Target), double> Agreement(IReadOnlyCollection<(string Reference, string Target)> pairs);

    public static (ModelPair Checked, ImmutableArray<string> Notes) Of(ModelPair pair, Agreement agreement)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        var cosines = agreement([.. pair.Pairs.Select(p => (p.Reference, p.Target))]);
        double? Cosine(LayerPair p) => cosines.TryGetValue((p.Reference, p.Target), out double value) ? value : null;
        var byReference = pair.Pairs.ToDictionary(p => p.Reference, StringComparer.Ordinal);
        bool OperandsAgree(LayerPair p) => p.Operands.All(o => !byReference.TryGetValue(o, out LayerPair? operand) || Cosine(operand) >= Agreeing);
        List<LayerPair> doubted = [.. pair.Pairs.Where(p => Cosine(p) is not { } c || (c < Doubtful && OperandsAgree(p)))];
        List<string> alone = [.. pair.Unmatched.Where(u => u.Reason.Contains("target", StringComparison.Ordinal)).Select(u => u.Tensor)];

        // Only tensors of one size can have the same values.
        var sizes = (Reference: Shapes(pair.Reference), Target: Shapes(pair.Target));
        IEnumerable<string> places = pair.Free.Concat(doubted.Select(d => d.Target)).Distinct(StringComparer.Ordinal);
        List<(string Reference, string Target)> questions = [.. doubted.Select(d => d.Reference).Concat(alone)
            .SelectMany(r => places.Where(t => sizes.Reference.CountOf(r) is var a && sizes.Target.CountOf(t) is var b && (a is null || b is null || a == b)).Select(t => (r, t)))];
        var answers = questions.Count == 0 ? cosines : agreement(questions);
        var found = Best(questions, answers);

        var pairs = new List<LayerPair>();
        var unmatched = pair.Unmatched.Where(u => !found.ContainsKey(u.Tensor)).ToList();
        foreach (LayerPair p in pair.Pairs)
        {
            double? cosine = Cosine(p);
            string said = cosine is { } c ? FormattableString.Invariant($"cosine at most {c:0.000}") : "no cosine: shapes differ or values are not finite";
            if (!doubted.Contains(p))
                pairs.Add(p);
            else if (found.TryGetValue(p.Reference, out string? better) && better != p.Target)
            {
                pairs.Add(p with { Target = better, Evidence = FormattableString.Invariant($"values alike ({answers[(p.Reference, better)]:0.000})") });
                notes.Add($"layer '{p.Reference}': structure led to '{p.Target}' ({said}), the values to '{better}'");
            }
            else if (cosine is not null && p.IsCertain && !found.Any(f => f.Value == p.Target && f.Key != p.Reference))
            {
                pairs.Add(p with { Evidence = $"{p.Evidence}; values far off ({said})" });
                notes.Add($"layer '{p.Reference}' is far off ({said}) though what it reads agrees, and no other tensor of the target has its values: the structure was believed");
            }
            else
                unmatched.Add(new UnmatchedTensor(p.Reference, $"'{p.Target}' has its kind and place, but not its values ({said})"));
        }
        foreach (UnmatchedTensor u in pair.Unmatched.Where(u => found.ContainsKey(u.Tensor)))
            pairs.Add(new LayerPair(u.Tensor, found[u.Tensor], FormattableString.Invariant($"values alike ({answers[(u.Tensor, found[u.Tensor])]:0.000})"), false, []));
        var order = LayerMapping.FloatTensors(pair.Reference).Select((t, i) => (t, i)).ToDictionary(t => t.t, t => t.i, StringComparer.Ordinal);
        var used = pairs.Select(p => p.Target).ToHashSet(StringComparer.Ordinal);
        return (pair with
        {
            Pairs = [.. pairs.OrderBy(p => order[p.Reference])],
            Unmatched = [.. unmatched.OrderBy(u => order[u.Tensor])],
            Free = [.. pair.Free.Where(t => !used.Contains(t))],
        }, notes.ToImmutable());
    }

    /// <summary>Pairs of which each is the other's best, and clearly so.</summary>
    private static Dictionary<string, string> Best(List<(string Reference, string Target)> questions, IReadOnlyDictionary<(string, string), double> answers)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var question in questions.Where(q => answers.TryGetValue(q, out double c) && c >= Found).OrderByDescending(q => answers[q]).ThenBy(q => q.Reference, StringComparer.Ordinal))
            if (!found.ContainsKey(question.Reference) && taken.Add(question.Target))
                found[question.Reference] = question.Target;
        return found;
    }

    private static InferredShapes Shapes(OnnxModel model) => ShapeInference.Of(model, model.Graph.Inputs.Where(i => i.Shape is [-1, ..]).ToDictionary(i => i.Name, i => i.Shape!.Value.SetItem(0, 1)));
}
