using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Reports;

/// <summary>What the pages show and where each thing stands, so that every page links to the same anchors.</summary>
public sealed class SiteMap
{
    public const string OverviewFile = "index.html";

    public const string ProvenanceFile = "provenance.html";

    public const string ComparisonFile = "comparison.html";

    public SiteMap(ReportContent content)
    {
        (RunRecord run, VerdictRecord? verdict) = (content.Run, content.Verdict);
        Run = run;
        Verdict = verdict;
        Findings = content.Findings;
        Comparison = content.Comparison;
        var slugs = new Slugs();
        var named = run.Targets.Select(target => (Target: target, Slug: slugs.Unique(target.Name, "target-"))).ToImmutableArray();
        Clauses = [.. (verdict?.Clauses ?? []).Select(clause => new ClausePlace(
            clause,
            slugs.Unique($"{clause.Target} {clause.Clause}", "clause-"),
            named.Where(n => n.Target.Name == clause.Target).Select(n => n.Slug + ".html").FirstOrDefault()))];
        Targets = [.. named.Select(n => new TargetPlace(
            n.Target, n.Slug, [.. Clauses.Where(c => c.Clause.Target == n.Target.Name)],
            content.Findings is { } findings ? [.. findings.Of(n.Target.Name)] : null))];
    }

    public RunRecord Run { get; }

    /// <summary>Null where nothing was to be judged.</summary>
    public VerdictRecord? Verdict { get; }

    public ImmutableArray<TargetPlace> Targets { get; }

    public ImmutableArray<ClausePlace> Clauses { get; }

    /// <summary>Null when no rule looked at the run.</summary>
    public FindingsRecord? Findings { get; }

    public ComparisonRecord? Comparison { get; }

    /// <summary>A picture of the run folder as seen from the report's folder inside it.</summary>
    public static string PictureUrl(string picture) =>
        "../" + string.Join('/', picture.Replace('\\', '/').Split('/').Select(Uri.EscapeDataString));
}
