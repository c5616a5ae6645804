using System.Collections.Immutable;
using Microsoft.Playwright;
using Parity.Reports;
using Parity.Reports.Tests;

namespace Parity.Browser.Tests;

/// <summary>Reports in a temporary folder and one Chromium for all tests, each of which has a page of its own.</summary>
public sealed class ReportInChromium : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private readonly string _run = Directory.CreateTempSubdirectory("parity-report-").FullName;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        ImmutableArray<ReportFile> files = ReportSite.Render(RichRecord.Content);
        foreach (ReportFile file in files)
            Write(Path.Combine("report", file.Path), [.. file.Bytes]);
        byte[] picture = DrawnPicture.Png(RichRecord.PictureWidth, RichRecord.PictureHeight, RichRecord.TargetBoxes);
        Write("single/report.html", [.. SingleFile.Of(files, _ => picture)]);
        LargeBytes = 0;
        foreach (ReportFile file in ReportSite.Render(LargeRecord.Content))
        {
            LargeBytes += file.Bytes.Length;
            Write(Path.Combine("large", "report", file.Path), [.. file.Bytes]);
        }
        foreach (Core.ImageRecord image in LargeRecord.Content.Run.Targets[0].Images)
            Write(Path.Combine("large", image.Picture), picture);
        Write(RichRecord.PicturePath, picture);
        if (!File.Exists(Chromium))
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
    }

    /// <summary>Bytes of all files of the large record's report, pictures aside.</summary>
    public long LargeBytes { get; private set; }

    /// <summary>Opens one of the rich report's files.</summary>
    public Task<OpenPage> Open(string file, int width = 1280) => OpenPath(Path.Combine("report", file), width);

    /// <param name="path">With its anchor: in the temporary folder (report/, single/report.html or large/report/), or anywhere.</param>
    public async Task<OpenPage> OpenPath(string path, int width = 1280, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        (string file, string anchor) = path.Split('#') is [var name, var id] ? (name, "#" + id) : (path, "");
        Assert.SkipUnless(_browser is not null, $"{Chromium} is not installed; apt-get install chromium");
        var opened = new OpenPage(await _browser!.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme }));
        await opened.Page.GotoAsync(new Uri(Path.Combine(_run, file)).AbsoluteUri + anchor);
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
