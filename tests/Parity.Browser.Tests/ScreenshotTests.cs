using System.Diagnostics;
using Microsoft.Playwright;
using Parity.Cli.Tests;

namespace Parity.Browser.Tests;

/// <summary>Pages of real runs as pictures in artifacts/screenshots, for people to look at; what a picture shows is held by the other tests.</summary>
[Collection(OneBrowser.Name)]
public sealed class ScreenshotTests(ReportInChromium report)
{
    [Fact]
    public async Task The_golden_detector_on_the_chip_that_breaks_it() =>
        await Photograph("demo", "--target", "rk1808", "--limit", "24");

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
            foreach ((int width, ColorScheme scheme) in new[] { (400, ColorScheme.Dark), (1280, ColorScheme.Light) })
            {
                IPage opened = await report.OpenFile(page, width);
                await opened.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
                await opened.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(run, $"{Path.GetFileNameWithoutExtension(page)}-{width}.png"), Clip = new Clip { X = 0, Y = 0, Width = width, Height = 2400 }, FullPage = true });
            }
        }
    }
}
