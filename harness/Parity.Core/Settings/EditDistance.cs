namespace Parity.Core;

/// <summary>Levenshtein's distance: between texts to guess which name was meant, between symbols to measure reading.</summary>
public static class EditDistance
{
    /// <summary>Fewest insertions, deletions and replacements of characters from one to the other.</summary>
    public static int Between(string a, string b) => Between(a.AsSpan(), b.AsSpan());

    /// <summary>The same of any symbols, such as code points.</summary>
    public static int Between<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b) where T : IEquatable<T> => Between(a, b, default, default, wildcards: false);

    /// <summary>As <see cref="Between(string, string)"/> to the nearest text that fits the pattern, in which * is any text and ? any character.</summary>
    public static int ToPattern(string text, string pattern) => Between(pattern.AsSpan(), text.AsSpan(), '*', '?', wildcards: true);

    private static int Between<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, T? many, T? single, bool wildcards) where T : IEquatable<T>
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            bool any = wildcards && a[i - 1].Equals(many), one = wildcards && a[i - 1].Equals(single);
            row[0] += any ? 0 : 1;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = any
                    ? Math.Min(above, row[j - 1])
                    : Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (one || a[i - 1].Equals(b[j - 1]) ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
