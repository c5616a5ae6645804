using Microsoft.Playwright;
using Parity.Reports.Tests;

namespace Parity.Browser.Tests;

public sealed class DivergencePageTests(ReportInChromium report)
{
    private const string Rk1808 = "target-rk1808-minmax.html";
    private const string HostileLayer = "layer-script-alert-1-script";

    [Fact]
    public async Task Arrow_keys_move_along_the_layers_and_tell_their_figures()
    {
        await using OpenPage opened = await report.Open(Rk1808);
        IPage page = opened.Page;
        ILocator readout = page.Locator("[data-chart-readout]");

        await page.Locator("a.layer[tabindex='0']").FocusAsync();
        (await readout.InnerTextAsync()).Should().StartWith("1 images: accumulated SQNR exact");
        await page.Keyboard.PressAsync("ArrowRight");
        (await readout.InnerTextAsync()).Should().StartWith("2 backbone.stem.conv: accumulated SQNR 41.3 dB, worst 40.5 dB on image 139");
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("ArrowRight");
        (await readout.InnerTextAsync()).Should().StartWith("13 head.nan: accumulated SQNR not finite");
        await page.Keyboard.PressAsync("Home");
        await page.Keyboard.PressAsync("ArrowLeft");

        (await readout.InnerTextAsync()).Should().StartWith("1 images");
        (await page.Locator("a.layer[tabindex='0']").CountAsync()).Should().Be(1, "the chart is one stop of the tab key");
        await page.Keyboard.PressAsync("Tab");
        (await page.EvaluateAsync<bool>("() => document.activeElement.closest('[data-chart]') === null")).Should().BeTrue();
    }

    [Fact]
    public async Task Pointing_at_a_layer_tells_its_figures_and_a_click_leads_to_its_row()
    {
        await using OpenPage opened = await report.Open(Rk1808);
        ILocator layer = opened.Page.Locator($"a.layer[href='#{HostileLayer}']");

        await layer.HoverAsync();
        (await opened.Page.Locator("[data-chart-readout]").InnerTextAsync()).Should().Be("5 " + RichRecord.Script + ": accumulated SQNR 17.5 dB, worst 9.0 dB on image 139, cosine 0.9987");
        await layer.ClickAsync();

        opened.Page.Url.Should().EndWith("#" + HostileLayer);
        (await InView(opened.Page, HostileLayer)).Should().BeTrue();
        opened.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task A_fall_leads_to_its_row_though_the_table_is_folded_and_filtered()
    {
        await using OpenPage opened = await report.Open(Rk1808);
        IPage page = opened.Page;
        await page.Locator("#layer-filter").FillAsync("stem");
        (await page.Locator("#layers-table tbody tr:visible").CountAsync()).Should().Be(1);
        await page.EvaluateAsync("() => { document.getElementById('layers-table').closest('details').open = false; }");

        await page.Locator(".falls a").First.ClickAsync();

        (await InView(page, "layer-head-out")).Should().BeTrue();
        (await page.Locator("#layers-table tbody tr:visible").CountAsync()).Should().Be(13);
    }

    [Fact]
    public async Task From_a_verdict_to_the_histogram_of_the_worst_quantizer_and_back_takes_three_clicks()
    {
        await using OpenPage opened = await report.Open("index.html");
        IPage page = opened.Page;

        await page.Locator("#target-rk1808-minmax a[href*='#node-']").ClickAsync();
        page.Url.Should().EndWith("nodes-rk1808-minmax.html#node-script-alert-1-script");
        (await InView(page, "node-script-alert-1-script")).Should().BeTrue();
        await page.Locator("#node-script-alert-1-script a[href*='#qdq-']").ClickAsync();
        page.Url.Should().EndWith(Rk1808 + "#qdq-script-alert-1-script");
        (await InView(page, "qdq-script-alert-1-script")).Should().BeTrue();
        await page.Locator(".crumbs a").ClickAsync();

        page.Url.Should().EndWith("index.html");
        opened.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Layers_sort_from_the_worst_state_to_the_best()
    {
        await using OpenPage opened = await report.Open(Rk1808);
        ILocator header = opened.Page.Locator("#layers-table th button", new() { HasTextString = "median" });

        await header.ClickAsync();
        string[] down = await Sqnr(opened.Page);
        down[..3].Should().Equal("exact", "exact", "41.3");
        await header.ClickAsync();

        string[] up = await Sqnr(opened.Page);
        up[..4].Should().Equal("not finite", "no signal", "-3.1", "16.0");
        up[^2..].Should().OnlyContain(text => text == "nothing compared" || text == "not finite", "what has no place in the order comes last");
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(400)]
    public async Task Text_of_the_charts_stays_large_enough_to_read(int width)
    {
        await using OpenPage opened = await report.Open("nodes-rk1808-minmax.html", width);

        double[] sizes = await opened.Page.EvaluateAsync<double[]>("""
            () => [...document.querySelectorAll("svg.layers text, svg.codes text")].map((t) => parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getScreenCTM().d)
            """);

        sizes.Length.Should().BeGreaterThan(50);
        sizes.Min().Should().BeGreaterThanOrEqualTo(9);
    }

    private static async Task<string[]> Sqnr(IPage page) =>
        await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('#layers-table tbody tr')].map(r => r.querySelector('.drop').textContent.trim())");

    /// <summary>A page scrolls to its anchor once it is laid out, which may be after the click has returned.</summary>
    private static async Task<bool> InView(IPage page, string id)
    {
        for (int tries = 0; tries < 20 && !await InViewNow(page, id); tries++)
            await page.WaitForTimeoutAsync(100);
        return await InViewNow(page, id);
    }

    private static async Task<bool> InViewNow(IPage page, string id) => await page.EvaluateAsync<bool>("""
        (id) => {
          const place = document.getElementById(id);
          if (!place) return false;
          const box = place.getBoundingClientRect();
          const roof = place.closest("table")?.tHead.getBoundingClientRect().bottom ?? 0;
          return box.height > 0 && box.top >= roof - 1 && box.top < innerHeight;
        }
        """, id);
}
