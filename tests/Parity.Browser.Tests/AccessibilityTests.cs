using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Parity.Reports.Tests;

namespace Parity.Browser.Tests;

/// <summary>axe-core over every page, and the ways of the keyboard.</summary>
public sealed class AccessibilityTests(ReportInChromium report)
{
    private const string Axe = """
        async (rules) => (await axe.run(document, { resultTypes: ["violations"], ...(rules.length ? { runOnly: { type: "rule", values: rules } } : {}) })).violations
          .filter((v) => v.impact === "serious" || v.impact === "critical")
          .map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + " " + n.failureSummary.slice(0, 200)).join(" | ")}`)
        """;

    public static TheoryData<string> Pages => ReportPageTests.Pages;

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Axe_finds_nothing_serious(string file)
    {
        await using OpenPage opened = await report.Open(file);
        await opened.Page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "axe.min.js"), TestContext.Current.CancellationToken));

        (await opened.Page.EvaluateAsync<string[]>(Axe, Array.Empty<string>())).Should().BeEmpty("{0} in light colours", file);
        // Only contrast depends on the colours.
        await opened.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        (await opened.Page.EvaluateAsync<string[]>(Axe, new[] { "color-contrast" })).Should().BeEmpty("{0} in dark colours", file);
    }

    [Fact]
    public async Task A_definition_shows_when_its_term_has_the_focus()
    {
        await using OpenPage opened = await report.Open("nodes-rk1808-minmax.html");
        ILocator term = opened.Page.Locator(".term").First;
        (await TipWidth()).Should().BeLessThanOrEqualTo(2);

        await term.FocusAsync();

        (await TipWidth()).Should().BeGreaterThan(100);
        (await term.InnerTextAsync()).Should().StartWith("SQNR").And.Contain("6 dB are one bit");

        Task<double> TipWidth() => term.Locator(".tip").EvaluateAsync<double>("tip => tip.getBoundingClientRect().width");
    }

    [Fact]
    public async Task With_the_keyboard_alone_one_comes_from_the_failed_verdict_to_the_guilty_node()
    {
        await using OpenPage opened = await report.Open("index.html");
        IPage page = opened.Page;

        await page.Locator($"#target-rk1808-minmax a[href*='#node-']").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("nodes-rk1808-minmax.html#node-script-alert-1-script$"));
        await page.Locator("#node-script-alert-1-script a[href*='#op-']").First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("graph-rk1808-minmax.html#op-"));
        await page.Locator("a.op[tabindex='0']").FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");

        (await page.EvaluateAsync<string>("() => document.activeElement.id")).Should().Be("op-head-cls-preds-0", "the link's operator had the focus and this is the next");
        (await page.Locator("a.op[tabindex='0']").CountAsync()).Should().Be(1, "the graph is one stop of the tab key");
        opened.Errors.Should().BeEmpty();
    }
}
