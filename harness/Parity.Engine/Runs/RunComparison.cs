using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Runs;

/// <summary>Two runs side by side. Pure; judges nothing and says which inputs differ.</summary>
public static class RunComparison
{
    public static ComparisonRecord Of(RunRecord before, VerdictRecord verdictBefore, RunRecord now, VerdictRecord verdictNow) => new(
        before.Suite, before.Timings.StartedUtc, before.Tool, [.. Differences(before, now)],
        [
            .. Joined(before.Targets, now.Targets, t => t.Name)
                .Select(pair => Target(pair.Before, verdictBefore, pair.Now, verdictNow)),
        ]);

    private static IEnumerable<string> Differences(RunRecord before, RunRecord now)
    {
        (string What, string Before, string Now)[] inputs =
        [
            ("the evaluation data", $"{before.Dataset.Name}, {before.Dataset.Count} samples", $"{now.Dataset.Name}, {now.Dataset.Count} samples"),
            ("the content of the evaluation data", before.Dataset.Sha256, now.Dataset.Sha256),
            ("the content of the calibration data", before.Calibration?.Sha256 ?? "none", now.Calibration?.Sha256 ?? "none"),
            ("the float model", before.Reference.Model.Sha256, now.Reference.Model.Sha256),
            ("the suite", before.SuiteSha256, now.SuiteSha256),
            ("the tool", before.Tool, now.Tool),
            ("the processor", before.Machine.Processor, now.Machine.Processor),
        ];
        return inputs.Where(i => i.Before != i.Now).Select(i => $"{i.What}: {i.Before} before, {i.Now} now");
    }

    private static TargetComparison Target(TargetRecord? before, VerdictRecord verdictBefore, TargetRecord? now, VerdictRecord verdictNow)
    {
        string name = (now ?? before)!.Name;
        ImmutableArray<ClauseComparison> clauses =
        [
            .. Joined(verdictBefore.Clauses.Where(c => c.Target == name), verdictNow.Clauses.Where(c => c.Target == name), c => c.Clause)
                .Select(pair => new ClauseComparison((pair.Now ?? pair.Before)!.Clause, pair.Before?.Verdict, pair.Now?.Verdict)),
        ];
        ImmutableArray<ValueComparison> measurements =
        [
            .. Joined(before?.Measurements ?? [], now?.Measurements ?? [], m => m.Name).Select(pair =>
            {
                Measurement kind = (pair.Now ?? pair.Before)!;
                return Value(kind.Name, kind.Unit, pair.Before is null, pair.Before?.Value, pair.Now is null, pair.Now?.Value, kind.Direction);
            }),
        ];
        RunChange change = before is null ? RunChange.New : now is null ? RunChange.Gone : measurements is [var headline, ..] ? headline.Change : RunChange.Unknown;
        return new TargetComparison(name, change, clauses, measurements, Layers(before?.Probe?.Layers ?? [], now?.Probe?.Layers ?? []));
    }

    private static ImmutableArray<ValueComparison> Layers(ImmutableArray<Divergence> before, ImmutableArray<Divergence> now) =>
    [
        .. Joined(before, now, l => l.Reference)
            .Select(pair => Layer(pair.Before, pair.Now))
            .OrderBy(l => l.Difference < 0 ? 0 : l.Change is RunChange.New or RunChange.Gone ? 1 : l.Change == RunChange.Unknown ? 2 : 3)
            .ThenBy(l => l.Difference ?? 0),
    ];

    /// <summary>Exact on both sides is the same though neither has decibels; on one side only it is better or worse by no number.</summary>
    private static ValueComparison Layer(Divergence? before, Divergence? now)
    {
        ValueComparison compared = Value(
            (now ?? before)!.Reference, "dB", before is null, before?.SqnrDb.Median, now is null, now?.SqnrDb.Median, Direction.HigherIsBetter);
        bool exactBefore = before?.SqnrDb.MedianState == DivergenceState.Exact, exactNow = now?.SqnrDb.MedianState == DivergenceState.Exact;
        return compared.Change != RunChange.Unknown ? compared
            : exactBefore && exactNow ? compared with { Change = RunChange.Same }
            : exactBefore && compared.Now is not null ? compared with { Change = RunChange.Worse }
            : exactNow && compared.Before is not null ? compared with { Change = RunChange.Better }
            : compared;
    }

    private static ValueComparison Value(string name, string unit, bool isNew, double? before, bool isGone, double? now, Direction direction)
    {
        double? difference = now - before;
        bool better = direction == Direction.HigherIsBetter ? difference > 0 : difference < 0, worse = direction == Direction.HigherIsBetter ? difference < 0 : difference > 0;
        RunChange change = isNew ? RunChange.New : isGone ? RunChange.Gone : better ? RunChange.Better : worse ? RunChange.Worse : difference == 0 ? RunChange.Same : RunChange.Unknown;
        return new ValueComparison(name, unit, before, now, difference, change);
    }

    /// <summary>In the order of the later side, then what only the earlier has; of equal names the first.</summary>
    private static IEnumerable<(T? Before, T? Now)> Joined<T>(IEnumerable<T> before, IEnumerable<T> now, Func<T, string> name) where T : class
    {
        T[] earlier = [.. before.DistinctBy(name)], later = [.. now.DistinctBy(name)];
        var byName = earlier.ToDictionary(name, StringComparer.Ordinal);
        var taken = later.Select(name).ToHashSet(StringComparer.Ordinal);
        return later.Select(n => (byName.GetValueOrDefault(name(n)), (T?)n)).Concat(earlier.Where(b => !taken.Contains(name(b))).Select(b => ((T?)b, (T?)null)));
    }
}
