using System.Text;

namespace Parity.Reports;

/// <summary>
/// Names that are safe as file names and anchors everywhere: lower-case ASCII letters, digits and single hyphens. Two texts that
/// would share one get a number, in the order of asking, so a link stays good as long as the record keeps its order.
/// </summary>
public sealed class Slugs
{
    private const int LongestSlug = 80;

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public string Unique(string text, string prefix = "")
    {
        string slug = prefix + Of(text);
        string unique = slug;
        for (int number = 2; !_taken.Add(unique); number++)
            unique = $"{slug}-{NumberText.Digits(number)}";
        return unique;
    }

    private static string Of(string text)
    {
        var slug = new StringBuilder();
        foreach (char c in text)
        {
            if (char.IsAsciiLetterOrDigit(c))
                slug.Append(char.ToLowerInvariant(c));
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
            if (slug.Length == LongestSlug)
                break;
        }
        string trimmed = slug.ToString().TrimEnd('-');
        return trimmed.Length == 0 ? "unnamed" : trimmed;
    }
}
