using System.Diagnostics;
using System.Text.Json;
using Microsoft.Playwright;
using Parity.Browser.Tests;
using Parity.Reports;
using Parity.Reports.Tests;
using Parity.Suites.Imaging;

namespace Parity.Benchmarks.Reporting;

/// <summary>
/// How long the pages of a report of 300 layers, 50 images and a graph of 1,100 operators take to open from disk in Chromium, and how much disk they take. Pictures are those of
/// shared/real where it is, else drawn ones.
/// </summary>
internal static class ReportOpenFigures
{
    private const string Chromium = "/usr/bin/chromium";
    private const double MostSeconds = 1, MostMegabytes = 15, MostTaskMilliseconds = 50;

    /// <summary>
    /// From the start of navigation, in ms: when the page with its pictures near the window had loaded, and when the frame after the next was drawn, so that a click would be
    /// answered. Then what a click on its first button or field took until it was drawn.
    /// </summary>
    private const string Times = """
        async () => {
          const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          await frame();
          const ready = performance.now(), loaded = performance.getEntriesByType("navigation")[0].loadEventEnd;
          const control = document.querySelector("main th button, main select, main summary, main input");
          const from = performance.now();
          control?.click();
          await frame();
          return [loaded, ready, performance.now() - from];
        }
        """;

    private const string Watch = """
        () => {
          window.long = [];
          new PerformanceObserver((list) => window.long.push(...list.getEntries().map((e) => e.duration))).observe({ type: "longtask" });
        }
        """;

    /// <returns>0, or 1 when a page was slow, a task long or the report large.</returns>
    public static async Task<int> Print(TextWriter output, int rounds)
    {
        if (!File.Exists(Chromium))
        {
            output.WriteLine($"{Chromium} is not installed; apt-get install chromium");
            return 1;
        }
        DirectoryInfo folder = Directory.CreateTempSubdirectory("parity-report-open-");
        try
        {
            var clock = Stopwatch.StartNew();
            var files = ReportSite.Render(LargeRecord.Content);
            output.WriteLine($"rendered in {clock.Elapsed.TotalSeconds:0.00} s");
            Directory.CreateDirectory(Path.Combine(folder.FullName, "report"));
            foreach (ReportFile file in files)
                File.WriteAllBytes(Path.Combine(folder.FullName, "report", file.Path), [.. file.Bytes]);
            WritePictures(folder.FullName);
            double megabytes = folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) / 1e6;
            output.WriteLine($"{megabytes:0.00} MB with its pictures (limit {MostMegabytes})");
            return await Open(folder.FullName, rounds, output) & megabytes <= MostMegabytes ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<bool> Open(string folder, int rounds, TextWriter output)
    {
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
        bool held = true;
        output.WriteLine($"{"page",-28} {"MB",6} {"loaded",14} {"ready",14} {"click drawn",14} {"CPU",14}   ms, best and worst of {rounds} (limit: the best ready in {MostSeconds} s: a busy neighbour slows single rounds); CPU is the page's main thread's, the click included");
        foreach (string file in Directory.GetFiles(Path.Combine(folder, "report"), "*.html").Order(StringComparer.Ordinal))
        {
            var times = new List<double[]>();
            for (int round = 0; round < rounds; round++)
            {
                IPage page = await browser.NewPageAsync();
                ICDPSession session = await page.Context.NewCDPSessionAsync(page);
                await session.SendAsync("Performance.enable", new Dictionary<string, object> { ["timeDomain"] = "threadTicks" });
                await page.GotoAsync(new Uri(file).AbsoluteUri);
                double[] wall = await page.EvaluateAsync<double[]>(Times);
                JsonElement metrics = (await session.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics");
                times.Add([.. wall, 1000 * metrics.EnumerateArray().Single(m => m.GetProperty("name").GetString() == "TaskDuration").GetProperty("value").GetDouble()]);
                await page.CloseAsync();
            }
            string[] columns = [.. Enumerable.Range(0, 4).Select(i => times.Select(t => t[i]).Order().ToArray()).Select(t => $"{t[0],6:0} {t[^1],6:0}")];
            output.WriteLine($"{Path.GetFileName(file),-28} {new FileInfo(file).Length / 1e6,6:0.00} {columns[0],14} {columns[1],14} {columns[2],14} {columns[3],14}");
            held &= times.Min(t => t[1]) <= 1000 * MostSeconds;
        }
        return await Pan(browser, Path.Combine(folder, "report", "graph-rk1808-minmax.html"), rounds, output) & held;
    }

    private static async Task<bool> Pan(IBrowser browser, string file, int rounds, TextWriter output)
    {
        IPage page = await browser.NewPageAsync();
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        await page.EvaluateAsync(Watch);
        LocatorBoundingBoxResult box = (await page.Locator("[data-graph-scroll]").BoundingBoxAsync())!;
        var tasks = new List<double[]>();
        for (int round = 0; round < rounds; round++)
        {
            await page.EvaluateAsync("() => { window.long.length = 0; }");
            await page.Mouse.MoveAsync(box.X + 300, box.Y + 400);
            await page.Mouse.DownAsync();
            for (int i = 0; i < 100; i++)
                await page.Mouse.MoveAsync(box.X + 300 - (i % 40), box.Y + 400 - (round % 2 == 0 ? 3 * i : -3 * i));
            await page.Mouse.UpAsync();
            tasks.Add(await page.EvaluateAsync<double[]>("() => window.long"));
        }
        output.WriteLine($"panning 1,100 operators, {rounds} rounds of 100 moves: {string.Join(", ", tasks.Select(t => t.Length))} tasks over {MostTaskMilliseconds:0} ms, the longest {tasks.SelectMany(t => t).DefaultIfEmpty(0).Max():0} ms");
        return tasks.Any(t => t.Length == 0);
    }

    /// <summary>Under the names that the record has, as a run writes them.</summary>
    private static void WritePictures(string folder)
    {
        string? real = Running.SharedSuite.Pictures;
        string[] pictures = real is null ? [] : [.. Directory.GetFiles(real, "*.jpg").Order(StringComparer.Ordinal).Take(50)];
        var codec = new JpegCodec();
        byte[] drawn = DrawnPicture.Png(RichRecord.PictureWidth, RichRecord.PictureHeight, RichRecord.TargetBoxes);
        foreach ((Core.ImageRecord image, int index) in LargeRecord.Content.Run.Targets[0].Images.Select((image, i) => (image, i)))
        {
            string to = Path.GetFullPath(Path.Combine(folder, image.Picture));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.WriteAllBytes(to, index < pictures.Length ? codec.EncodeJpeg(PictureDecoder.Decode(File.ReadAllBytes(pictures[index]), pictures[index]), longestSide: 960, qualityPercent: 85) : drawn);
        }
    }
}
