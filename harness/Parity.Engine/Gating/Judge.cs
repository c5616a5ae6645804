using System.Collections.Immutable;
using System.Globalization;
using Parity.Core;

namespace Parity.Engine.Gating;

/// <summary>Run and policy to verdict: pure, so that a limit can change without a board.</summary>
public static class Judge
{
    private const double ShareTolerance = 1e-6;

    public static VerdictRecord Decide(RunRecord run, Policy policy)
    {
        var clauses = run.Targets
            .SelectMany(target => policy.Clauses.Where(c => c.Target is null || c.Target == target.Name).Select(c => Decide(run, target, c, policy)))
            .ToImmutableArray();
        Verdict verdict = clauses.IsEmpty ? Verdict.Inconclusive : clauses.Max(c => c.Verdict);
        return new VerdictRecord(VerdictRecord.CurrentSchema, run.Suite, verdict, [.. policy.Clauses.Select(c => c.Target is null ? c.Text : $"{c.Target}: {c.Text}")], clauses);
    }

    private static ClauseRecord Decide(RunRecord run, TargetRecord target, Clause clause, Policy policy)
    {
        DropRecord? drop = target.Drops.FirstOrDefault(d => d.Name == clause.Measurement);
        string unit = clause.Form == ClauseForm.QuantizedShareAtLeast ? "fraction" : drop?.Unit ?? "";
        if (!target.Availability.IsReady)
            return Result(Verdict.NotRun, $"{target.Availability.Reason}. {target.Availability.Remedy}");

        if (run.Dataset.Bad.Length > policy.AllowedBadSamples)
            return Undecided($"{run.Dataset.Bad.Length} of {run.Dataset.Count} samples could not be used and the policy allows {policy.AllowedBadSamples}; the first: {run.Dataset.Bad[0].Fault}");

        if (run.Dataset.Bad.Length == run.Dataset.Count)
            return Undecided("no sample could be used");

        if (target.EqualsReference && target.QuantizedMacShare is not null)
            return Undecided("every output equals the reference's bit for bit, so nothing was quantized, whatever the model says");

        if (target.QuantizedMacShare is 0)
            return Undecided("the target's model ran no quantized multiply-accumulate");

        if (target.QuantizedMacShare is { } asked && target.Arithmetic?.IntegerMacShare is { } ran && ran > asked + ShareTolerance)
            return Undecided($"{Percent(ran)} of the multiply-accumulates ran in integers although the model quantizes only {Percent(asked)}: the runtime quantized layers by itself");

        if (clause.Form == ClauseForm.QuantizedShareAtLeast)
            return target.QuantizedMacShare switch
            {
                null => Undecided("the target does not quantize"),
                { } share when share >= clause.Limit => Result(Verdict.Pass, $"{Percent(share)} of the multiply-accumulates are quantized", share),
                { } share => Result(Verdict.Fail, $"only {Percent(share)} of the multiply-accumulates are quantized, asked for {Percent(clause.Limit)}", share),
            };

        if (clause.Form == ClauseForm.CostAtMost)
            return target.Cost?.Relative switch
            {
                null => Undecided("the cost of the target's plan is not known"),
                { } cost when cost <= clause.Limit => Result(Verdict.Pass, $"the multiply-accumulates cost {Times(cost)} as much as all quantized", cost),
                { } cost => Result(Verdict.Fail, $"the multiply-accumulates cost {Times(cost)} as much as all quantized, allowed {Times(clause.Limit)}", cost),
            };

        if (drop is null)
            return Undecided($"there is no measurement '{clause.Measurement}'; measured: {string.Join(", ", target.Drops.Select(d => d.Name))}");

        if (clause.Form != ClauseForm.DropAtMost)
            return DecideValue(drop);

        if (drop.Drop is null || drop.Lower is null || drop.Upper is null || !double.IsFinite(drop.Drop.Value + drop.Lower.Value + drop.Upper.Value))
            return Undecided($"'{clause.Measurement}' has no value or no interval");

        string noise = drop.InsideNoiseFloor ? $", inside the noise floor of {Points(drop.NoiseFloor!.Value, unit)}" : "";
        string figures = $"{clause.Measurement} drop {Points(drop.Drop.Value, unit)}{noise}, bounds {Points(drop.Lower.Value, unit)} to {Points(drop.Upper.Value, unit)}";
        if (drop.Upper <= clause.Limit)
            return Result(Verdict.Pass, $"{figures}: the upper bound is within {Points(clause.Limit, unit)}", drop.Drop, drop.Lower, drop.Upper);
        if (drop.Lower > clause.Limit)
            return Result(Verdict.Fail, $"{figures}: even the lower bound is over {Points(clause.Limit, unit)}", drop.Drop, drop.Lower, drop.Upper);

        int? samples = SamplesToDecide(drop, clause.Limit, run.Bootstrap.Confidence);
        string advice = samples is null ? "the drop sits on the limit" : string.Create(CultureInfo.InvariantCulture, $"about {samples:N0} samples would decide");
        return Result(Verdict.Inconclusive, $"{figures}: the interval is astride {Points(clause.Limit, unit)}; {advice}", drop.Drop, drop.Lower, drop.Upper) with { SamplesToDecide = samples };

        ClauseRecord DecideValue(DropRecord d)
        {
            if (d.Target is not { } value || !double.IsFinite(value))
                return Undecided($"'{clause.Measurement}' has no value");
            bool holds = clause.Form == ClauseForm.ValueAtLeast ? value >= clause.Limit : value <= clause.Limit;
            string text = string.Create(CultureInfo.InvariantCulture, $"{clause.Measurement} is {value:0.0000} {d.Unit}, asked for {(clause.Form == ClauseForm.ValueAtLeast ? "at least" : "at most")} {clause.Limit:0.0000}");
            return Result(holds ? Verdict.Pass : Verdict.Fail, text, value);
        }

        ClauseRecord Undecided(string reason) => Result(Verdict.Inconclusive, reason);

        ClauseRecord Result(Verdict verdict, string reason, double? value = null, double? lower = null, double? upper = null) =>
            new(target.Name, clause.Text, verdict, reason, value, lower, upper, clause.Limit, unit, null);
    }

    /// <summary>The interval's half-width shrinks with the root of the sample count; this is where it no longer reaches the limit.</summary>
    private static int? SamplesToDecide(DropRecord drop, double limit, double confidence)
    {
        double distance = Math.Abs(limit - drop.Drop!.Value);
        double halfWidth = drop.Drop <= limit ? drop.Upper!.Value - drop.Drop.Value : drop.Drop.Value - drop.Lower!.Value;
        double samples = drop.Count * Math.Pow(halfWidth / distance, 2);
        return distance > 0 && samples is > 0 and < 1e7 && confidence > 0.5 ? (int)Math.Ceiling(samples) : null;
    }

    private static string Points(double value, string unit) => unit == "fraction"
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value * 100, 2) + 0.0:0.00} points")
        : string.Create(CultureInfo.InvariantCulture, $"{value:0.0000} {unit}");

    private static string Times(double factor) => string.Create(CultureInfo.InvariantCulture, $"{factor:0.00} times");

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");
}
