using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Parity.Reports;

/// <summary>
/// The report as one HTML file: pages become sections of one document of which the style sheet shows the one that the address names, so that it
/// needs no script to be read. Anchors get their page's name in front, since two pages may share one.
/// </summary>
public static partial class SingleFile
{
    /// <param name="readPicture">Bytes of a picture by its path in the run folder; null when there is none.</param>
    public static ImmutableArray<byte> Of(ImmutableArray<ReportFile> files, Func<string, byte[]?> readPicture)
    {
        ImmutableArray<ReportFile> pages = [.. files.Where(f => f.Path.EndsWith(".html", StringComparison.Ordinal))];
        var pictures = new Dictionary<string, string>(StringComparer.Ordinal);
        string Picture(string url)
        {
            if (!pictures.TryGetValue(url, out string? data))
            {
                byte[]? bytes = readPicture(Uri.UnescapeDataString(url["../".Length..]));
                pictures[url] = data = bytes is null ? "data:," : $"data:image/{(bytes is [0x89, ..] ? "png" : "jpeg")};base64,{Convert.ToBase64String(bytes)}";
            }
            return data;
        }

        string first = Text(pages[0]);
        var whole = new StringBuilder();
        whole.Append(first[..first.IndexOf("<body", StringComparison.Ordinal)]
            .Replace("<link rel=\"stylesheet\" href=\"report.css\">", $"<style>{Text(files.Single(f => f.Path == "report.css"))}</style>", StringComparison.Ordinal)
            .Replace("<script src=\"report.js\" defer></script>", "", StringComparison.Ordinal));
        whole.Append("<body class=\"single\">\n");
        foreach (ReportFile page in pages)
            whole.Append($"<div class=\"page\" id=\"{Name(page.Path)}\">{Section(Text(page), Name(page.Path), Picture)}</div>\n");
        // A script ends at the first "</script", wherever that stands.
        whole.Append("<script>").Append(Text(files.Single(f => f.Path == "report.js")).Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase)).Append("</script>\n</body>\n</html>\n");
        return [.. Encoding.UTF8.GetBytes(whole.ToString())];
    }

    private static string Section(string html, string name, Func<string, string> picture)
    {
        int start = html.IndexOf("<body>", StringComparison.Ordinal) + "<body>".Length;
        string body = html[start..html.LastIndexOf("</body>", StringComparison.Ordinal)];
        body = Anchors().Replace(body, m => $"{m.Groups[1].Value}=\"{string.Join(' ', m.Groups[2].Value.Split(' ').Select(id => $"{name}.{id}"))}\"");
        body = Links().Replace(body, m => (m.Groups[1].Value, m.Groups[2].Value) switch
        {
            ("", var anchor) => $"href=\"#{name}.{anchor}\"",
            (var page, "") => $"href=\"#{Name(page)}\"",
            var (page, anchor) => $"href=\"#{Name(page)}.{anchor}\"",
        });
        return Pictures().Replace(body, m => $"src=\"{picture(m.Groups[1].Value)}\"");
    }

    private static string Name(string file) => file[..^".html".Length];

    private static string Text(ReportFile file) => Encoding.UTF8.GetString(file.Bytes.AsSpan());

    // In a page's own markup quotes stand around attributes only: in text they are written &quot;.
    [GeneratedRegex("( (?:id|for|aria-labelledby|aria-describedby|data-filters|data-orders|data-filter-count))=\"([^\"]+)\"")]
    private static partial Regex Anchors();

    [GeneratedRegex("href=\"([a-z0-9-]+\\.html)?#?([^\":/,]*)\"")]
    private static partial Regex Links();

    [GeneratedRegex("src=\"(\\.\\./pictures/[^\"]*)\"")]
    private static partial Regex Pictures();
}
