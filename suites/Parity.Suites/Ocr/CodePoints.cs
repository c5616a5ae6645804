using System.Collections.Immutable;

namespace Parity.Suites.Ocr;

/// <summary>A text as Unicode code points, which is what Python's len and most published error rates count. Nothing is normalised or folded.</summary>
public static class CodePoints
{
    /// <summary>Unpaired surrogates become U+FFFD.</summary>
    public static ImmutableArray<int> Of(string text) => [.. text.EnumerateRunes().Select(r => r.Value)];
}
