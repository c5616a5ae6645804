using System.Text;
using Parity.Core;

namespace Parity.Reports.Tests;

/// <summary>Each kind of page of a fixed record as it was approved, so that a change nobody meant shows. PARITY_APPROVE=1 writes them anew: look at the difference.</summary>
public sealed class ApprovedPagesTests
{
    [Theory]
    [InlineData("index.html")]
    [InlineData("comparison.html")]
    [InlineData("provenance.html")]
    [InlineData("target-rk1808-minmax.html")]
    [InlineData("nodes-rk1808-minmax.html")]
    [InlineData("graph-rk1808-minmax.html")]
    [InlineData("images-rk1808-minmax.html")]
    public void A_page_is_as_it_was_approved(string file)
    {
        string html = Encoding.UTF8.GetString(ReportSite.Render(Fixed).Single(f => f.Path == file).Bytes.AsSpan());
        string approved = Path.Combine(Folder, file);
        if (Environment.GetEnvironmentVariable("PARITY_APPROVE") == "1")
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(approved, html);
        }

        html.Should().Be(File.ReadAllText(approved));
    }

    /// <summary>The rich record's second target with three nodes and two images, which keeps the files short enough to be read.</summary>
    private static ReportContent Fixed
    {
        get
        {
            TargetRecord target = RichRecord.Run.Targets[1];
            return RichRecord.Content with { Run = RichRecord.Run with { Targets = [target with { Qdq = [target.Qdq[0], target.Qdq[1], target.Qdq[3]], Images = [.. target.Images.Take(2).Select(i => i with { TargetDecisions = [] })] }] } };
        }
    }

    private static string Folder
    {
        get
        {
            DirectoryInfo? above = new(AppContext.BaseDirectory);
            while (above is not null && !File.Exists(Path.Combine(above.FullName, "Parity.sln")))
                above = above.Parent;
            return Path.Combine(above!.FullName, "tests", "Parity.Reports.Tests", "Approved");
        }
    }
}
