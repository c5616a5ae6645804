namespace Parity.Conformance;

/// <summary>One vector after it was tried.</summary>
/// <param name="Case">The input, enough to repeat it.</param>
/// <param name="Expected">From the specification or the exact reference.</param>
/// <param name="Actual">What the thing under test gave; null where it could not be run.</param>
/// <param name="NotRun">Why not.</param>
public sealed record Checked(string Case, string Expected, string? Actual, string? NotRun)
{
    public bool Passed => Actual == Expected;

    public static Checked Of(string @case, string expected, Func<string> actual)
    {
        try
        {
            return new Checked(@case, expected, actual(), null);
        }
        catch (Parity.Core.FaultException e)
        {
            return new Checked(@case, expected, null, e.Faults[0].ToString());
        }
    }
}
