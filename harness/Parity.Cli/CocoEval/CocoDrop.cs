using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Parity.Core;
using Parity.Engine.Gating;
using Parity.Suites.Coco;

namespace Parity.Cli.CocoEval;

/// <summary>What the quantized model loses: each statistic's drop with its interval, and how many resamples are beyond the limit.</summary>
internal static class CocoDrop
{
    /// <returns>The exit status: of the first statistic's interval against the limit, where there is one.</returns>
    public static int Write(CocoEvalRequest request, CocoEvaluation reference, CocoEvaluation target, TextWriter output, CancellationToken stop)
    {
        double[] before = Measure(reference), after = Measure(target);
        double[][] replicates = PairedBootstrap.Replicates(reference, request.Bootstrap, stop, request.Threads);
        double[][] others = PairedBootstrap.Replicates(target, request.Bootstrap, stop, request.Threads);
        ImmutableArray<DropRecord> drops = [.. reference.Kinds.Select((kind, i) => PairedBootstrap.Drop(
            Of(kind, before[i], reference), Of(kind, after[i], target), replicates[i], others[i], request.Bootstrap.Confidence))];
        double limit = request.LimitPoints / 100 ?? double.NaN;
        ImmutableArray<double?> beyond = [.. drops.Select((d, i) => d.Upper is null || request.LimitPoints is null ? null : (double?)Beyond(replicates[i], others[i], limit))];
        output.Write(Text(request, reference, drops, beyond));
        if (request.Json is not null)
            WriteJson(request, reference, drops, beyond);
        return Status(drops[0], request.LimitPoints is null ? null : limit);
    }

    /// <summary>Share of the resamples with a value whose drop is over the limit.</summary>
    private static double Beyond(double[] reference, double[] target, double limit)
    {
        int values = 0, over = 0;
        for (int b = 0; b < reference.Length; b++)
        {
            double drop = reference[b] - target[b];
            values += double.IsFinite(drop) ? 1 : 0;
            over += drop > limit ? 1 : 0;
        }
        return (double)over / values;
    }

    /// <summary>The passing conditions are stated, so that no value passes nothing.</summary>
    private static int Status(DropRecord drop, double? limit)
    {
        if (drop.Drop is null)
            return ExitCode.Inconclusive;
        if (limit is null || drop.Upper <= limit)
            return ExitCode.Pass;
        return drop.Lower > limit ? ExitCode.Fail : ExitCode.Inconclusive;
    }

    private static string Text(CocoEvalRequest request, CocoEvaluation evaluation, ImmutableArray<DropRecord> drops, ImmutableArray<double?> beyond)
    {
        double percent = request.Bootstrap.Confidence * 100;
        string head = request.LimitPoints is { } points ? string.Create(CultureInfo.InvariantCulture, $"  beyond {points:0.##}") : "";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"{request.Bootstrap.Resamples} paired resamples of {evaluation.SampleIds.Length} images, seed {request.Bootstrap.Seed}; drops in points, one-sided {percent:0.#} % bounds\n");
        text.Append($"{"statistic",-10}{"float",10}{"quantized",10}{"drop",10}{"from",10}{"to",10}{head}\n");
        for (int i = 0; i < drops.Length; i++)
        {
            DropRecord drop = drops[i];
            text.Append($"{evaluation.Statistics[i].Name,-10}{Value(drop.Reference),10}{Value(drop.Target),10}{Points(drop.Drop),10}{Points(drop.Lower),10}{Points(drop.Upper),10}");
            if (head.Length > 0)
                text.Append((beyond[i] is { } share ? (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "no value").PadLeft(head.Length));
            text.Append('\n');
        }
        return text.ToString();
    }

    private static void WriteJson(CocoEvalRequest request, CocoEvaluation evaluation, ImmutableArray<DropRecord> drops, ImmutableArray<double?> beyond) =>
        CocoJson.Write(request.Json!, writer =>
        {
            CocoJson.WriteHead(writer, request, evaluation);
            writer.WriteString("against", request.Against);
            writer.WriteNumber("resamples", request.Bootstrap.Resamples);
            writer.WriteNumber("seed", request.Bootstrap.Seed);
            writer.WriteNumber("confidence", request.Bootstrap.Confidence);
            writer.WritePropertyName("limit_points");
            CocoJson.WriteValue(writer, request.LimitPoints);
            writer.WriteStartArray("drops");
            for (int i = 0; i < drops.Length; i++)
            {
                writer.WriteStartObject();
                writer.WriteString("name", drops[i].Name);
                (string, double?)[] figures =
                [
                    ("reference", drops[i].Reference), ("target", drops[i].Target), ("drop", drops[i].Drop), ("lower", drops[i].Lower), ("upper", drops[i].Upper),
                    ("standard_error", drops[i].StandardError), ("share_beyond_limit", beyond[i]),
                ];
                foreach ((string name, double? value) in figures)
                {
                    writer.WritePropertyName(name);
                    CocoJson.WriteValue(writer, value);
                }
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });

    private static double[] Measure(CocoEvaluation evaluation)
    {
        var values = new double[evaluation.Kinds.Length];
        evaluation.Measure([.. Enumerable.Repeat(1, evaluation.SampleIds.Length)], values);
        return values;
    }

    private static Measurement Of(MeasurementKind kind, double value, CocoEvaluation evaluation) =>
        new(kind.Name, double.IsNaN(value) ? null : value, kind.Unit, kind.Direction, evaluation.SampleIds.Length);

    private static string Value(double? value) => value is { } v ? v.ToString("0.0000", CultureInfo.InvariantCulture) : "no value";

    /// <summary>Rounded first, so that a loss of nothing is not printed as -0.00.</summary>
    private static string Points(double? value) => value is { } v ? (Math.Round(v * 100, 2) + 0.0).ToString("0.00", CultureInfo.InvariantCulture) : "no value";
}
