using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>What other contracts of NMS, and a shorter TopK, would keep of the same candidates: another chip's post-processing without another chip.</summary>
internal static class ContractComparison
{
    /// <summary>TensorRT's TopK takes no larger K, in every version from 8.6 to 11.1.</summary>
    public const int TensorRtTopK = 3840;

    /// <returns>Rows kept, by "torchvision", "onnx" and so on, without the suite's own contract, and "topk-3840".</returns>
    public static ImmutableArray<(string Contract, ImmutableArray<int> Rows)> Run(Candidates candidates, Placement placement, SelectionSettings settings)
    {
        var own = settings.Suppression!;
        var variants = Suppressions.All.Where(s => s.Contract != own.Contract).Select(s => (s.Contract, Settings: settings with { Suppression = s }))
            .Append((Contract: $"topk-{TensorRtTopK}", Settings: settings with { TopK = Math.Min(TensorRtTopK, settings.TopK ?? own.TopK ?? TensorRtTopK) }));
        return [.. variants.Select(v => (v.Contract, Rows(v.Settings)))];

        ImmutableArray<int> Rows(SelectionSettings variant)
        {
            Candidates copy = candidates.Copy();
            if (variant.Suppression!.InPicture)
                copy.Map(placement);
            var (_, _, kept, _, limit) = Selection.Choose(copy, variant);
            return [.. kept.Take(limit)];
        }
    }
}
