using System.Diagnostics;
using Microsoft.Playwright;
using Parity.Cli.Tests;

namespace Parity.Browser.Tests;

/// <summary>Pages of real runs as pictures in artifacts/screenshots, for people to look at; what a picture shows is held by the other tests.</summary>
public sealed class ScreenshotTests(ReportInChromium report)
{
    private const int Height = 2400;

    [Theory]
    [InlineData("golden-pose", "rk1808", "16")]
    [InlineData("golden-segmentation", "rk1808", "16")]
    public async Task Golden_models_on_the_chip_that_harms_them_most(string suite, string target, string limit) =>
        await Photograph(await Run(suite, suite, "--target", target, "--limit", limit), pages: 6);

    [Fact]
    public async Task The_demo_beside_an_earlier_run_of_fewer_scenes()
    {
        string run = await Run("demo", "demo", "--target", "rk1808", "--limit", "24");
        await Parity("report", run, "--against", await Run("demo", "demo-earlier", "--target", "rk1808", "--limit", "12"));
        await Photograph(run, pages: 7);
    }

    [Fact]
    public async Task A_real_detector()
    {
        Assert.SkipUnless(Directory.Exists(Repository.RealData), "there is no folder shared/real beside the project and PARITY_DATA names none");

        await Photograph(await Run("coco128-yolox-nano", "coco128-yolox-nano", "--target", "tensorrt", "--limit", "8", "--data", Repository.RealData!), pages: 6);
    }

    /// <returns>The run's folder.</returns>
    private static async Task<string> Run(string suite, string name, params string[] options)
    {
        string run = Path.Combine(Repository.Root, "artifacts", "screenshots", name);
        await Parity(["run", Path.Combine(Repository.Root, "suites", suite + ".yaml"), .. options, "--out", run]);
        return run;
    }

    private static async Task Parity(params string[] arguments)
    {
        string parity = Path.Combine(Repository.Root, "harness", "Parity.Cli", "bin", "Release", "net10.0", "parity.dll");
        Assert.SkipUnless(File.Exists(parity), $"{parity} is not built; `bash run.sh test` builds it");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [parity, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.Should().BeInRange(0, 2, "the run was measured and judged: {0}", await error);
    }

    private async Task Photograph(string run, int pages)
    {
        string[] written = Directory.GetFiles(Path.Combine(run, "report"), "*.html");
        written.Should().HaveCount(pages);
        foreach (string page in written)
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
