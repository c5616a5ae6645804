namespace Parity.Core;

public enum ChangeKind
{
    /// <summary>The reference has the item, the target does not.</summary>
    Lost,

    /// <summary>The target has the item, the reference does not.</summary>
    Extra,
}

/// <summary>Why one side has an item and the other has not. Each item has one reason.</summary>
public enum ChangeReason
{
    /// <summary>On the other side its score does not reach the threshold. Before and after: scores; no value where the other side made no candidate of it.</summary>
    Score,

    /// <summary>On the other side it was cut by the limit of candidates that go into NMS. After: its rank there, from 0.</summary>
    TopK,

    /// <summary>On the other side it was cut among equal scores, where only the order of equals decides.</summary>
    Tie,

    /// <summary>On the other side another item suppressed it. Before and after: overlap (IoU) of the two.</summary>
    Suppressed,

    /// <summary>On the other side its class was full.</summary>
    ClassFull,

    /// <summary>On the other side it was cut by the limit of detections. After: its rank there.</summary>
    Limit,

    /// <summary>The other side has it elsewhere. After: overlap (IoU) of the two places.</summary>
    Moved,

    /// <summary>The other side has it as another class.</summary>
    Class,
}

/// <summary>An item that reference and target do not share, with the stage that parted them. Before is the reference's side, after the target's.</summary>
/// <param name="Label">Its class.</param>
/// <param name="Item">Index among the model's raw candidates, as in <see cref="Decision.Item"/>.</param>
/// <param name="Score">Of the side that has it.</param>
/// <param name="By">The item that suppressed it.</param>
/// <param name="Before">See the reason; null is no value.</param>
public sealed record ItemChange(ChangeKind Kind, string Label, int Item, double Score, ChangeReason Reason, int? By, double? Before, double? After);
