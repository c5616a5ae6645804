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
    private IPage? _page;

    public async ValueTask InitializeAsync()
    {
        foreach (ReportFile file in ReportSite.Render(new ReportContent(RichRecord.Run, RichRecord.Verdict)))
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
        _page = await _browser.NewPageAsync();
    }

    /// <summary>Opens one of the report's files anew in the one page there is: tests of a class run one after another.</summary>
    public async Task<OpenPage> Open(string file, int width = 1280)
    {
        Assert.SkipUnless(_page is not null, $"{Chromium} is not installed; apt-get install chromium");
        await _page!.SetViewportSizeAsync(width, 900);
        var opened = new OpenPage(_page);
        await _page.GotoAsync("about:blank");
        opened.Requests.Clear();
        await _page.GotoAsync(new Uri(Path.Combine(_run, "report", file)).AbsoluteUri);
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
