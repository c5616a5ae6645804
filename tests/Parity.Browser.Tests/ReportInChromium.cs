using System.Collections.Immutable;
using Microsoft.Playwright;
using Parity.Reports;
using Parity.Reports.Tests;

namespace Parity.Browser.Tests;

/// <summary>Reports in a temporary folder, and one Chromium for all tests: they run one after another.</summary>
public sealed class ReportInChromium : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private readonly string _run = Directory.CreateTempSubdirectory("parity-report-").FullName;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private IPage? _page;

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
        Write(RichRecord.PicturePath, picture);
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

    /// <summary>Bytes of all files of the large record's report, pictures aside.</summary>
    public long LargeBytes { get; private set; }

    /// <summary>Opens one of the rich report's files anew in the one page there is.</summary>
    public Task<OpenPage> Open(string file, int width = 1280) => OpenPath(Path.Combine("report", file), width);

    /// <param name="path">In the temporary folder, with its anchor: report/, single/report.html or large/report/.</param>
    public async Task<OpenPage> OpenPath(string path, int width = 1280)
    {
        (string file, string anchor) = path.Split('#') is [var name, var id] ? (name, "#" + id) : (path, "");
        Assert.SkipUnless(_page is not null, $"{Chromium} is not installed; apt-get install chromium");
        await _page!.SetViewportSizeAsync(width, 900);
        var opened = new OpenPage(_page);
        await _page.GotoAsync("about:blank");
        opened.Requests.Clear();
        await _page.GotoAsync(new Uri(Path.Combine(_run, file)).AbsoluteUri + anchor);
        return opened;
    }

    /// <summary>A page of a report that lies elsewhere.</summary>
    public async Task<IPage> OpenFile(string file, int width)
    {
        Assert.SkipUnless(_page is not null, $"{Chromium} is not installed; apt-get install chromium");
        await _page!.SetViewportSizeAsync(width, 900);
        await _page.GotoAsync(new Uri(file).AbsoluteUri);
        return _page;
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
