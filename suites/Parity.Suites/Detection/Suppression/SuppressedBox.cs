namespace Parity.Suites.Detection;

/// <summary>A candidate that NMS dropped.</summary>
/// <param name="Item">Row in <see cref="Candidates"/>.</param>
/// <param name="By">Row of the first kept box that suppresses it; -1 where the limit of its class cut it.</param>
/// <param name="Iou">Their overlap as the contract computes it.</param>
public readonly record struct SuppressedBox(int Item, int By, float Iou);
