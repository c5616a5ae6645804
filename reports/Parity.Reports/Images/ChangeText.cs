using Parity.Core;

namespace Parity.Reports;

/// <summary>The reason of a lost or extra item in words.</summary>
public static class ChangeText
{
    public static string Word(ChangeReason reason) => reason switch
    {
        ChangeReason.Score => "score",
        ChangeReason.TopK => "TopK",
        ChangeReason.Tie => "tie",
        ChangeReason.Suppressed => "suppressed",
        ChangeReason.ClassFull => "class full",
        ChangeReason.Limit => "limit of detections",
        ChangeReason.Moved => "moved",
        ChangeReason.Class => "other class",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    public static string Of(ItemChange change)
    {
        string missing = change.Kind == ChangeKind.Lost ? "on the target" : "on the reference";
        string here = Value(change.Kind == ChangeKind.Lost ? change.Before : change.After), there = Value(change.Kind == ChangeKind.Lost ? change.After : change.Before);
        return change.Reason switch
        {
            ChangeReason.Score => there.Length == 0
                ? $"its score of {here} fell under the threshold {missing}"
                : $"its score of {here} is {there} {missing}, under the threshold",
            ChangeReason.TopK => $"cut by TopK {missing}: rank {there} there, {here} here",
            ChangeReason.Tie => $"cut {missing} among equal scores, at rank {there}",
            ChangeReason.Suppressed => here.Length == 0
                ? $"suppressed {missing} by item {NumberText.Digits(change.By ?? -1)} at IoU {there}, which is no candidate on the other side"
                : $"suppressed {missing} by item {NumberText.Digits(change.By ?? -1)} at IoU {there}; their IoU is {here} on the other side",
            ChangeReason.ClassFull => $"its class was full {missing}",
            ChangeReason.Limit => $"cut {missing} by the limit of detections: rank {there} there, {here} here",
            ChangeReason.Moved => $"elsewhere {missing}: the two overlap by IoU {there}",
            ChangeReason.Class => $"of another class {missing}",
            _ => throw new ArgumentOutOfRangeException(nameof(change), change.Reason, null),
        };
    }

    private static string Value(double? value) => value is null ? "" : NumberText.Significant(value);
}
