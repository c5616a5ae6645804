namespace Parity.Core;

/// <summary>What a stage did to an item and who caused it: "nms" "suppressed" item 12 by item 17 at IoU .66.</summary>
/// <param name="Stage">"score", "topk", "nms", "limit".</param>
/// <param name="Item">Index of the item among the model's raw candidates.</param>
/// <param name="Outcome">"kept", "suppressed", "cut".</param>
/// <param name="By">The item that caused it, if one did.</param>
/// <param name="Value">The number it turned on: IoU, score or rank; see the stage.</param>
public sealed record Decision(string Stage, int Item, string Outcome, int? By, double? Value);
