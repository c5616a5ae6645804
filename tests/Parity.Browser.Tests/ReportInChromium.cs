using Microsoft.Playwright;
using Parity.Reports;
using Parity.Reports.Tests;

namespace Parity.Browser.Tests;

/// <summary>The rich record's report in a temporary run folder, and one Chromium for all tests of a class.</summary>
public sealed class ReportInChromium : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private readonly string _run = Directory.CreateTempSubdirectory("parity-report-").FullName;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        foreach (ReportFile file in ReportSite.Render(RichRecord.Run, RichRecord.Verdict))
            Write(Path.Combine("report", file.Path), [.. file.Bytes]);
        Write(RichRecord.PicturePath, DrawnPicture.Png(RichRecord.PictureWidth, RichRecord.PictureHeight, RichRecord.TargetBoxes));
        if (!File.Exists(Chromium))
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
    }

    /// <summary>A fresh page on one of the report's files. Every request, console error and script error is written down.</summary>
    public async Task<OpenPage> Open(string file, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        Assert.SkipUnless(_browser is not null, $"{Chromium} is not installed; apt-get install chromium");
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = scheme,
        });
        var opened = new OpenPage(await context.NewPageAsync());
        await opened.Page.GotoAsync(new Uri(Path.Combine(_run, "report", file)).AbsoluteUri);
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        Directory.Delete(_run, recursive: true);
    }

    private void Write(string path, byte[] bytes)
    {
        string full = Path.Combine(_run, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }
}
