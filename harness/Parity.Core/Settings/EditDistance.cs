namespace Parity.Core;

/// <summary>Levenshtein's distance, to guess which name was meant.</summary>
public static class EditDistance
{
    /// <summary>Fewest insertions, deletions and replacements of characters from one to the other.</summary>
    public static int Between(string a, string b) => Between(a, b, wildcards: false);

    /// <summary>As <see cref="Between(string, string)"/> to the nearest text that fits the pattern, in which * is any text and ? any character.</summary>
    public static int ToPattern(string text, string pattern) => Between(pattern, text, wildcards: true);

    private static int Between(string a, string b, bool wildcards)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            bool any = wildcards && a[i - 1] == '*', one = wildcards && a[i - 1] == '?';
            row[0] += any ? 0 : 1;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = any
                    ? Math.Min(above, row[j - 1])
                    : Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (one || a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
