using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging.Abstractions;
using Parity.Core;
using Parity.Reports.Comparison;
using Parity.Reports.Graphs;
using Parity.Reports.Images;
using Parity.Reports.Overview;
using Parity.Reports.Quantizers;
using Parity.Reports.Targets;

namespace Parity.Reports;

/// <summary>The HTML report of a run and its verdict, where it has one: static files that need no server and no network.</summary>
public static partial class ReportSite
{
    private static readonly ImmutableArray<string> Assets = ["report.css", "report.js"];

    /// <summary>Every file of the report, <c>index.html</c> first. Touches no disk; the same records give the same bytes.</summary>
    public static ImmutableArray<ReportFile> Render(ReportContent content)
    {
        var site = new SiteMap(content);
        using var renderer = new HtmlRenderer(new NoServices(), NullLoggerFactory.Instance);
        var files = ImmutableArray.CreateBuilder<ReportFile>();
        files.Add(new ReportFile(SiteMap.OverviewFile, Page<OverviewPage>(renderer, new() { ["Site"] = site })));
        foreach (TargetPlace place in site.Targets)
        {
            var parameters = new Dictionary<string, object?> { ["Site"] = site, ["Place"] = place };
            files.Add(new ReportFile(place.File, Page<TargetPage>(renderer, parameters)));
            if (place.HasNodes)
                files.Add(new ReportFile(place.NodesFile, Page<NodesPage>(renderer, parameters)));
            if (place.Graph is not null)
                files.Add(new ReportFile(place.GraphFile, Page<GraphPage>(renderer, parameters)));
            if (place.HasImages)
                files.Add(new ReportFile(place.ImagesFile, Page<ImagesPage>(renderer, parameters)));
        }
        if (site.Comparison is not null)
            files.Add(new ReportFile(SiteMap.ComparisonFile, Page<ComparisonPage>(renderer, new() { ["Site"] = site })));
        files.Add(new ReportFile(SiteMap.ProvenanceFile, Page<ProvenancePage>(renderer, new() { ["Site"] = site })));
        foreach (string asset in Assets)
            files.Add(new ReportFile(asset, Asset(asset)));
        return files.ToImmutable();
    }

    /// <summary>No component waits for anything, so the markup is complete when rendering returns.</summary>
    private static ImmutableArray<byte> Page<TPage>(HtmlRenderer renderer, Dictionary<string, object?> parameters) where TPage : IComponent
    {
        string html = renderer.Dispatcher
            .InvokeAsync(() => renderer.BeginRenderingComponent<TPage>(ParameterView.FromDictionary(parameters)).ToHtmlString())
            .GetAwaiter().GetResult();
        // Indentation is a sixth of a page with many pictures, and means nothing: no page has text in which it would show.
        return [.. Encoding.UTF8.GetBytes(Indentation().Replace(html, "\n"))];
    }

    [GeneratedRegex(@"\n[ \t]+")]
    private static partial Regex Indentation();

    private static ImmutableArray<byte> Asset(string name)
    {
        using Stream stream = typeof(ReportSite).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in {typeof(ReportSite).Assembly.GetName().Name}");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return [.. bytes];
    }

    /// <summary>The renderer asks for optional services only; the pages inject none.</summary>
    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
