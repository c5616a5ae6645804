using System.Collections.Immutable;
using System.Globalization;
using Parity.Core;
using Spectre.Console;

namespace Parity.Cli.Terminal;

/// <summary>Tables on the console: lines on a terminal, plain ASCII without colour anywhere else.</summary>
public static class Tables
{
    private const int ShownBadSamples = 20;

    public static void Print(string title, ImmutableArray<string> columns, IEnumerable<ImmutableArray<string>> rows, ImmutableArray<int> rightAligned)
    {
        bool terminal = !Console.IsOutputRedirected;
        var table = new Table { Title = new TableTitle(Markup.Escape(title)), Border = terminal ? TableBorder.Rounded : TableBorder.Ascii, UseSafeBorder = true };
        for (int c = 0; c < columns.Length; c++)
        {
            var column = new TableColumn(Markup.Escape(columns[c])) { NoWrap = c == 0 };
            table.AddColumn(rightAligned.Contains(c) ? column.RightAligned() : column);
        }
        foreach (ImmutableArray<string> row in rows)
            table.AddRow([.. row.Select(cell => Markup.Escape(cell))]);

        IAnsiConsole console = terminal
            ? AnsiConsole.Console
            : AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(Console.Out) });
        if (!terminal)
            console.Profile.Width = 160;
        console.Write(table);
    }

    /// <summary>The closing table of a run: every gated or headline measurement, float against target, with its bounds.</summary>
    public static void PrintVerdict(RunRecord run, VerdictRecord verdict)
    {
        var rows = new List<ImmutableArray<string>>();
        foreach (TargetRecord target in run.Targets)
        {
            DropRecord? headline = target.Drops.FirstOrDefault();
            var clauses = verdict.Clauses.Where(c => c.Target == target.Name).ToImmutableArray();
            string word = clauses.IsEmpty ? "no clause" : Word(clauses.Max(c => c.Verdict));
            rows.Add([target.Name, headline?.Name ?? "-", Value(headline?.Reference), Value(headline?.Target), Points(headline?.Drop),
                headline is { Lower: not null } ? $"{Points(headline.Lower)} to {Points(headline.Upper)}" : "-",
                target.QuantizedMacShare is { } share ? Percent(share) : "-", target.Cost?.Relative is { } cost ? cost.ToString("0.00", CultureInfo.InvariantCulture) : "-", target.Arithmetic?.Name ?? "-", word]);
        }

        double confidence = run.Bootstrap.Confidence * 100;
        Print($"{run.Suite}: {run.Dataset.Count - run.Dataset.Bad.Length} samples",
            ["target", "metric", "float", "target", "drop, points", FormattableString.Invariant($"one-sided {confidence:0.#} % bounds"), "quantized MACs", "cost", "arithmetic", "verdict"], rows, [2, 3, 4, 5, 6, 7]);
        if (verdict.Clauses.IsEmpty)
            Console.WriteLine("no clause of the policy is for a target of this run, so nothing was judged");
        foreach (ClauseRecord clause in verdict.Clauses)
            Console.WriteLine($"{Word(clause.Verdict),-12} {clause.Target}: {clause.Clause}: {clause.Reason}");
        foreach (TargetRecord target in run.Targets.Where(t => !t.Availability.IsReady))
            Console.WriteLine($"{"not run",-12} {target.Name}: {target.Availability.Reason}. {target.Availability.Remedy}");
        if (run.Dataset.Bad.Length > 0)
            Console.WriteLine($"{run.Dataset.Bad.Length} of {run.Dataset.Count} samples could not be used:");
        foreach (BadSample bad in run.Dataset.Bad.Take(ShownBadSamples))
            Console.WriteLine($"  {bad.Name}: {bad.Fault}");
        if (run.Dataset.Bad.Length > ShownBadSamples)
            Console.WriteLine($"  and {run.Dataset.Bad.Length - ShownBadSamples} more, all in run.json");
    }

    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Pass => "PASS",
        Verdict.Fail => "FAIL",
        Verdict.Inconclusive => "INCONCLUSIVE",
        _ => "NOT RUN",
    };

    public static string Value(double? value) => value is { } v ? v.ToString("0.0000", CultureInfo.InvariantCulture) : "no value";

    /// <summary>Rounded first, so that a loss of nothing is not printed as -0.00.</summary>
    public static string Points(double? value) => value is { } v ? (Math.Round(v * 100, 2) + 0.0).ToString("0.00", CultureInfo.InvariantCulture) : "no value";

    public static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
