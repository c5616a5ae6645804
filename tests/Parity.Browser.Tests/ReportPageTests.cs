using Microsoft.Playwright;
using Parity.Reports.Tests;

namespace Parity.Browser.Tests;

public sealed class ReportPageTests(ReportInChromium report)
{
    private const string Rk1808 = "target-rk1808-minmax.html";
    private const string HostileName = "target-script-alert-1-script.html";
    private const string Images = "images-rk1808-minmax.html";

    /// <summary>One of each kind of page, those of hostile names among them.</summary>
    public static TheoryData<string> Pages =>
    [
        "index.html", "provenance.html", "comparison.html", Rk1808, HostileName, "target-hi3559.html", "nodes-rk1808-minmax.html", "graph-rk1808-minmax.html", Images,
        "images-script-alert-1-script.html",
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_opens_from_disk_without_errors_or_network(string file)
    {
        await using OpenPage opened = await report.Open(file);

        // Pictures load when they come near the window, so each is brought there.
        int pictures = await opened.Page.EvaluateAsync<int>("""
            async () => {
              for (const details of document.querySelectorAll("details")) details.open = true;
              for (const image of document.images) { image.loading = "eager"; await image.decode(); }
              return document.images.length;
            }
            """);

        opened.Errors.Should().BeEmpty();
        opened.Requests.Should().HaveCountGreaterThan(pictures > 0 ? 3 : 2).And.OnlyContain(url => url.StartsWith("file:") || url.StartsWith("data:"));
        pictures.Should().Be(file.StartsWith("images-") ? 3 : 0);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_never_scrolls_sideways(string file)
    {
        await using OpenPage opened = await report.Open(file);
        await opened.Page.EvaluateAsync("() => { for (const d of document.querySelectorAll('details')) d.open = true; }");

        foreach (int width in new[] { 1280, 768, 400, 320 })
        {
            await opened.Page.SetViewportSizeAsync(width, 900);
            int[] widths = await opened.Page.EvaluateAsync<int[]>("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]");

            widths[0].Should().BeLessThanOrEqualTo(widths[1], "the window is {0} pixels wide", width);
            widths[1].Should().BeInRange(width - 20, width);
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_text_has_a_contrast_of_at_least_4_5_light_and_dark(string file)
    {
        await using OpenPage opened = await report.Open(file);
        foreach (ColorScheme scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
        {
            await opened.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });

            TextContrast[] texts = await opened.Page.EvaluateAsync<TextContrast[]>(TextContrast.Script);

            texts.Length.Should().BeGreaterThan(20);
            texts.Where(t => !(t.Ratio >= 4.5)).Should().BeEmpty();
            double page = await opened.Page.EvaluateAsync<double>("() => Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])");
            (page < 128).Should().Be(scheme == ColorScheme.Dark);
        }
    }

    [Fact]
    public async Task The_failed_target_is_reached_from_the_verdict_and_leads_back()
    {
        await using OpenPage opened = await report.Open("index.html");
        (await opened.Page.Locator("h1").InnerTextAsync()).Should().ContainEquivalentOf("fail").And.Contain("Does not release");

        await opened.Page.Locator(".banner .who").ClickAsync();
        opened.Page.Url.Should().EndWith("#clause-rk1808-minmax-bbox-ap-drop-1-0-points");
        await opened.Page.Locator("tr:target a[href='" + Rk1808 + "']").ClickAsync();
        (await opened.Page.Locator("h1").InnerTextAsync()).Should().Be("rk1808-minmax");
        await opened.Page.Locator(".crumbs a").ClickAsync();

        opened.Page.Url.Should().EndWith("/index.html");
    }

    [Fact]
    public async Task A_switch_hides_its_layer_on_every_picture_and_no_other()
    {
        await using OpenPage opened = await report.Open(Images);
        IPage page = opened.Page;
        (await page.Locator(".layer.reference .line:visible").CountAsync()).Should().Be(9);

        await page.Locator("[data-show=reference]").FocusAsync();
        await page.Keyboard.PressAsync("Space");

        (await page.Locator(".layer.reference .line:visible").CountAsync()).Should().Be(0);
        (await page.Locator(".layer.truth .line:visible").CountAsync()).Should().Be(9);
        (await page.Locator(".layer.target .line:visible").CountAsync()).Should().Be(6);
    }

    [Fact]
    public async Task The_score_slider_shows_weak_boxes_and_never_hides_the_ground_truth()
    {
        await using OpenPage opened = await report.Open(Images);
        ILocator target = opened.Page.Locator("#image-139 .layer.target .line:visible");
        (await target.CountAsync()).Should().Be(2, "the chair scores 0.08 and the slider stands at 0.25");

        await opened.Page.Locator("[data-least-score]").FillAsync("0");
        (await target.CountAsync()).Should().Be(3);

        await opened.Page.Locator("[data-least-score]").FillAsync("1");
        (await target.CountAsync()).Should().Be(0);
        (await opened.Page.Locator("#image-139 .layer.truth .line:visible").CountAsync()).Should().Be(3);
    }

    [Fact]
    public async Task Nodes_sort_by_scale_both_ways_and_return_to_the_order_of_the_network()
    {
        await using OpenPage opened = await report.Open(Rk1808);
        ILocator header = opened.Page.Locator("#qdq th", new() { HasTextString = "Scale" });
        double[] recorded = [.. RichRecord.Run.Targets[1].Qdq.Select(n => n.Scales.Max())];

        await header.Locator("button").ClickAsync();
        (await Scales(opened.Page)).Should().Equal(recorded.OrderDescending());
        (await header.GetAttributeAsync("aria-sort")).Should().Be("descending");
        await header.Locator("button").PressAsync("Enter");
        (await Scales(opened.Page)).Should().Equal(recorded.Order());
        await header.Locator("button").PressAsync("Enter");
        (await Scales(opened.Page)).Should().Equal(recorded);
    }

    [Fact]
    public async Task The_filter_keeps_the_rows_that_contain_the_text()
    {
        await using OpenPage opened = await report.Open(Rk1808);

        await opened.Page.Locator("#node-filter").FillAsync("DARK2");

        (await opened.Page.Locator("#qdq tbody tr:visible").CountAsync()).Should().Be(1);
        (await opened.Page.Locator("[data-filter-count=qdq]").InnerTextAsync()).Should().Be("1 of 29");
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(400)]
    public async Task Boxes_lie_on_the_picture_where_the_record_says(int width)
    {
        await using OpenPage opened = await report.Open(Images, width);
        await opened.Page.Locator("[data-least-score]").FillAsync("0");
        LocatorBoundingBoxResult picture = (await opened.Page.Locator("#image-139 img").BoundingBoxAsync())!;
        double factor = picture.Width / RichRecord.PictureWidth;
        (picture.Height / (double)RichRecord.PictureHeight).Should().BeApproximately(factor, 0.01);

        for (int i = 0; i < RichRecord.TargetBoxes.Length; i++)
        {
            Core.BoxShape box = RichRecord.TargetBoxes[i];
            double[] drawn = await opened.Page.Locator("#image-139 .layer.target rect.line").Nth(i).EvaluateAsync<double[]>(
                "rect => { const m = rect.getScreenCTM(), b = rect.getBBox(); return [b.x * m.a + m.e + scrollX, b.y * m.d + m.f + scrollY, b.width * m.a, b.height * m.d]; }");
            drawn[0].Should().BeApproximately(picture.X + box.X * factor, 1);
            drawn[1].Should().BeApproximately(picture.Y + await opened.Page.EvaluateAsync<double>("() => scrollY") + box.Y * factor, 1);
            drawn[2].Should().BeApproximately(box.Width * factor, 1);
            drawn[3].Should().BeApproximately(box.Height * factor, 1);
        }
    }

    [Fact]
    public async Task The_keyboard_reaches_the_content_first_and_shows_where_it_is()
    {
        await using OpenPage opened = await report.Open("index.html");

        await opened.Page.Keyboard.PressAsync("Tab");
        (await opened.Page.EvaluateAsync<string>("() => document.activeElement.textContent")).Should().Be("Skip to content");
        await opened.Page.Keyboard.PressAsync("Enter");
        await opened.Page.Keyboard.PressAsync("Tab");

        (await opened.Page.EvaluateAsync<bool>("() => document.activeElement.closest('main') !== null")).Should().BeTrue();
        (await opened.Page.EvaluateAsync<string>("() => getComputedStyle(document.activeElement).outlineStyle")).Should().Be("solid");
    }

    private static async Task<double[]> Scales(IPage page) =>
        await page.EvaluateAsync<double[]>("() => [...document.querySelectorAll('#qdq tbody tr')].map(r => Number(r.cells[5].dataset.value))");
}
