using System.Diagnostics;
using Microsoft.Playwright;
using Parity.Cli.Tests;

namespace Parity.Browser.Tests;

/// <summary>Pages of real runs as pictures in artifacts/screenshots, for people to look at; what a picture shows is held by the other tests.</summary>
public sealed class ScreenshotTests(ReportInChromium report)
{
    private const int Height = 2400;

    [Theory]
    [InlineData("demo", "rk1808", "24")]
    [InlineData("golden-pose", "rk1808", "16")]
    [InlineData("golden-segmentation", "rk1808", "16")]
    public async Task Golden_models_on_the_chip_that_harms_them_most(string suite, string target, string limit) =>
        await Photograph(suite, "--target", target, "--limit", limit);

    [Fact]
    public async Task A_real_detector()
    {
        Assert.SkipUnless(Directory.Exists(Repository.RealData), "there is no folder shared/real beside the project and PARITY_DATA names none");

        await Photograph("coco128-yolox-nano", "--target", "tensorrt", "--limit", "8", "--data", Repository.RealData!);
    }

    private async Task Photograph(string suite, params string[] options)
    {
        string parity = Path.Combine(Repository.Root, "harness", "Parity.Cli", "bin", "Release", "net10.0", "parity.dll"), run = Path.Combine(Repository.Root, "artifacts", "screenshots", suite);
        Assert.SkipUnless(File.Exists(parity), $"{parity} is not built; `bash run.sh test` builds it");
        using (Process process = Process.Start(new ProcessStartInfo("dotnet", [parity, "run", Path.Combine(Repository.Root, "suites", suite + ".yaml"), .. options, "--out", run]) { RedirectStandardOutput = true, RedirectStandardError = true })!)
        {
            Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            process.ExitCode.Should().BeInRange(0, 2, "the run was measured and judged: {0}", await error);
        }

        string[] pages = Directory.GetFiles(Path.Combine(run, "report"), "*.html");
        pages.Should().HaveCount(6);
        foreach (string page in pages)
        {
            foreach ((string name, int width, ColorScheme scheme) in new[] { ("phone-dark", 400, ColorScheme.Dark), ("desktop", 1280, ColorScheme.Light) })
            {
                // A window of that height: the whole of a page with hundreds of nodes would have to be laid out first.
                await using OpenPage opened = await report.OpenPath(page, width, Height, scheme);
                await opened.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(run, $"{Path.GetFileNameWithoutExtension(page)}-{name}.png") });
                opened.Errors.Should().BeEmpty("{0} shows whole", page);
            }
        }
    }
}
