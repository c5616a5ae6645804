using Microsoft.Playwright;

namespace Parity.Browser.Tests;

/// <summary>Graph, images, depth chart and the report as one file, as somebody uses them.</summary>
public sealed class GraphAndImagesTests(ReportInChromium report)
{
    [Fact]
    public async Task The_graph_is_coloured_searched_zoomed_and_leads_to_the_node()
    {
        await using OpenPage opened = await report.Open("graph-rk1808-minmax.html");
        IPage page = opened.Page;
        ILocator box = page.Locator("#op-backbone-dark2");
        Task<string> Fill() => box.Locator("rect").EvaluateAsync<string>("r => getComputedStyle(r).fill");
        string before = await Fill();
        (await box.Locator(".figure:visible").TextContentAsync()).Should().Be("38.0 dB");

        await page.Locator("[data-graph-measure]").SelectOptionAsync("precision");
        (await Fill()).Should().NotBe(before);
        (await box.Locator(".figure:visible").TextContentAsync()).Should().Be("int8", "colour is never alone");

        double width = (await page.Locator("svg.graph").BoundingBoxAsync())!.Width;
        await page.Locator("[data-graph-zoom=in]").ClickAsync();
        (await page.Locator("svg.graph").BoundingBoxAsync())!.Width.Should().BeApproximately((float)(1.3 * width), 1);

        await page.Locator("[data-graph-search]").FillAsync("DARK2");
        (await page.Locator("[data-graph-found]").InnerTextAsync()).Should().StartWith("1 found");
        await box.ClickAsync();
        page.Url.Should().EndWith("nodes-rk1808-minmax.html#node-backbone-dark2-concat");
    }

    [Fact]
    public async Task Images_are_filtered_by_class_and_reason_of_one_item_and_a_deep_link_undoes_it()
    {
        await using OpenPage opened = await report.Open("images-rk1808-minmax.html");
        IPage page = opened.Page;
        ILocator shown = page.Locator(".picture-card:visible");

        await page.Locator("[data-filter-class]").SelectOptionAsync("tv");
        (await shown.CountAsync()).Should().Be(3);
        await page.Locator("[data-filter-reason]").SelectOptionAsync("suppressed");
        (await shown.CountAsync()).Should().Be(0, "the tv was lost by its score");
        (await page.Locator("[data-filter-images]").InnerTextAsync()).Should().Be("0 of 3 images");
        await page.EvaluateAsync("() => { location.hash = '#image-632'; }");
        await page.WaitForFunctionAsync("() => document.querySelectorAll('.picture-card:not([hidden])').length === 3");

        (await page.Locator("#image-632").IsVisibleAsync()).Should().BeTrue();
    }

    [Fact]
    public async Task Nodes_stand_in_the_order_of_the_graph_or_the_worst_first()
    {
        await using OpenPage opened = await report.Open("nodes-rk1808-minmax.html");
        Task<string[]> First() => opened.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('.node-card')].slice(0, 3).map(c => c.id)");
        string[] graph = await First();
        graph[0].Should().Be("node-images");

        await opened.Page.Locator("[data-orders]").SelectOptionAsync("worst");
        (await First())[..2].Should().Equal("node-backbone-dark2-concat", "node-script-alert-1-script");
        await opened.Page.Locator("[data-orders]").SelectOptionAsync("");

        (await First()).Should().Equal(graph);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(400)]
    public async Task The_graph_opens_where_its_first_operator_stands(int width)
    {
        await using OpenPage opened = await report.OpenPath("large/report/graph-rk1808-minmax.html", width);

        (await opened.Page.EvaluateAsync<bool>("""
            () => {
              const box = document.querySelector("a.op").getBoundingClientRect(), home = document.querySelector("[data-graph-scroll]").getBoundingClientRect();
              return box.left >= home.left && box.right <= home.right;
            }
            """)).Should().BeTrue();
    }

    [Fact]
    public async Task The_slider_divides_the_picture_between_float_and_target()
    {
        await using OpenPage opened = await report.Open("images-rk1808-minmax.html");
        IPage page = opened.Page;
        await page.Locator("[data-divide]").CheckAsync();

        await page.Locator("#image-139 [data-wipe]").FillAsync("20");

        string[] clips = await page.EvaluateAsync<string[]>("() => ['reference', 'target', 'truth'].map(l => getComputedStyle(document.querySelector(`#image-139 .layer.${l}`)).clipPath)");
        clips.Should().Equal("inset(0px 80% 0px 0px) view-box", "inset(0px 0px 0px 20%) view-box", "none");
        opened.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task A_stretch_of_the_depth_chart_narrows_the_table_of_layers()
    {
        await using OpenPage opened = await report.Open("target-rk1808-minmax.html");
        IPage page = opened.Page;
        await page.Locator(".depth").ScrollIntoViewIfNeededAsync();
        LocatorBoundingBoxResult plot = (await page.Locator(".u-over").BoundingBoxAsync())!;

        await page.Mouse.MoveAsync(plot.X + plot.Width * 0.2f, plot.Y + 60);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(plot.X + plot.Width * 0.7f, plot.Y + 60, new MouseMoveOptions { Steps = 4 });
        await page.Mouse.UpAsync();

        // 13 layers from 0.5 to 13.5: a fifth of the way is 3.1, seven tenths are 9.6.
        (await page.Locator("[data-depth-from]").InputValueAsync()).Should().Be("4");
        (await page.Locator("[data-depth-to]").InputValueAsync()).Should().Be("9");
        (await page.Locator("#layers-table tbody tr:visible").CountAsync()).Should().Be(6);
        await page.Locator("[data-depth-all]").ClickAsync();
        (await page.Locator("#layers-table tbody tr:visible").CountAsync()).Should().Be(13);
        opened.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task One_file_shows_one_page_at_a_time_and_its_links_lead_from_page_to_page()
    {
        await using OpenPage opened = await report.OpenPath("single/report.html");
        IPage page = opened.Page;
        (await page.Locator("h1:visible").InnerTextAsync()).Should().ContainEquivalentOf("fail");

        await page.Locator("h1:visible").First.WaitForAsync();
        await page.Locator("a[href='#nodes-rk1808-minmax.node-script-alert-1-script']:visible").First.ClickAsync();
        (await page.Locator("h1:visible").InnerTextAsync()).Should().Be("Quantized nodes of rk1808-minmax");
        await page.Locator(".tabs a:visible", new() { HasTextString = "Images" }).ClickAsync();

        (await page.Locator("h1:visible").InnerTextAsync()).Should().Be("Images of rk1808-minmax");
        (await page.Locator(".picture-card img:visible").First.EvaluateAsync<bool>("async i => { i.loading = 'eager'; await i.decode(); return i.naturalWidth > 0; }")).Should().BeTrue();
        opened.Requests.Should().OnlyContain(url => url.StartsWith("file:") || url.StartsWith("data:"));
        opened.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task A_report_of_300_layers_and_50_images_stays_under_15_MB_and_opens_without_errors()
    {
        report.LargeBytes.Should().BeLessThan(15 * 1024 * 1024);
        foreach (string file in new[] { "index.html", "target-rk1808-minmax.html", "nodes-rk1808-minmax.html", "images-rk1808-minmax.html" })
        {
            await using OpenPage opened = await report.OpenPath($"large/report/{file}");

            opened.Errors.Should().BeEmpty();
        }
    }
}
