namespace Parity.Core;

/// <summary>Whether a backend can run here. Absence is a value with its reason, never a pass.</summary>
/// <param name="Reason">Why not; null when ready.</param>
/// <param name="Remedy">What to do about it; null when ready.</param>
public sealed record Availability(bool IsReady, string? Reason, string? Remedy)
{
    public static Availability Ready { get; } = new(true, null, null);

    public static Availability NotRun(string reason, string remedy) => new(false, reason, remedy);
}
