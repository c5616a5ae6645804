namespace Parity.Suites.Detection;

/// <summary>
/// Non-maximum suppression by the contract of one implementation. All are greedy by descending score; they differ in whether an overlap
/// equal to the threshold suppresses, in how sides and areas are counted, in the order of ties, and in where they are applied.
/// </summary>
public interface ISuppression
{
    /// <summary>The value of the setting <c>nms.contract</c>.</summary>
    string Contract { get; }

    /// <summary>True where the reference code drops scores below the threshold only; false where it drops an equal one too.</summary>
    bool KeepsScoreAtThreshold { get; }

    /// <summary>True where the reference code maps boxes to the picture first, so that the contract works in picture pixels.</summary>
    bool InPicture { get; }

    /// <summary>Most candidates that the reference code looks at, without a setting <c>top-k</c>; null is all.</summary>
    int? TopK { get; }

    /// <summary>Among equal scores the higher row goes first.</summary>
    bool LastOfEqualsFirst { get; }

    /// <param name="order">Rows of <paramref name="candidates"/> to look at, in the contract's order.</param>
    /// <param name="kept">Receives rows kept, in that order.</param>
    /// <param name="suppressed">Receives the others.</param>
    void Suppress(Candidates candidates, ReadOnlySpan<int> order, SuppressionSettings settings, List<int> kept, List<SuppressedBox> suppressed);
}
