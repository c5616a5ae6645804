using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Parity.Cli.Terminal;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Cli.Commands;

/// <summary>`parity inspect`: what a model consists of, costs and quantizes.</summary>
public static class InspectCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("model") { Description = "ONNX file" };
        var command = new Command("inspect", "Show a model's operators, cost per layer and Q/DQ nodes") { path };
        command.SetAction(parsed =>
        {
            Print(GraphInspection.Of(OnnxModel.Load(parsed.GetValue(path)!)));
            return ExitCode.Pass;
        });
        return command;
    }

    private static void Print(GraphInspection model)
    {
        Console.WriteLine($"opset {model.OpsetVersion}; in {Shape(model.Inputs)}; out {Shape(model.Outputs)}");
        Tables.Print("operators", ["operator", "nodes"], model.OperatorCounts.Select(o => Row(o.Key, Count(o.Value))), [1]);
        Tables.Print("layers (multiply-accumulates; bytes of inputs, weights and outputs, each once)",
            ["layer", "operator", "output", "parameters", "MACs", "bytes", "MACs/byte", "quantized"],
            model.Layers.Select(l => Row(l.Node, l.OpType, Shape(l.Outputs), Count(l.Parameters), Count(l.Macs), Count(l.Bytes), Ratio(l.MacsPerByte), l.Quantized ? "yes" : "")), [3, 4, 5, 6]);
        if (!model.Qdq.IsEmpty)
        {
            Tables.Print("Q/DQ", ["tensor", "kind", "type", "axis", "scale", "zero point", "read by"],
                model.Qdq.Select(q => Row(q.Float ?? q.Quantized, q.Kind.ToString().ToLowerInvariant(), q.Type.ToString().ToLowerInvariant(), q.Axis is { } axis ? Count(axis) : "tensor",
                    Range([.. q.Scales.Select(s => (double)s)]), Range([.. q.ZeroPoints.Select(z => (double)z)]), string.Join(", ", q.Consumers.Select(c => c.Name)))), [4, 5]);
        }

        foreach (UnpairedNode unpaired in model.UnpairedQdq)
            Console.WriteLine($"not in a pair: {unpaired.Node.Name}: {unpaired.Reason}");
        foreach (NotInferred unknown in model.Unknown)
            Console.WriteLine($"not inferred: {unknown.Node.Name}: {unknown.Reason}");
        Console.WriteLine($"parameters {Count(model.Parameters)}; MACs {Count(model.Macs)}; bytes moved {Count(model.Bytes)}; quantized MACs {(model.QuantizedMacShare is { } share ? Tables.Percent(share) : "none")}");
    }

    private static ImmutableArray<string> Row(params ReadOnlySpan<string> cells) => [.. cells];

    private static string Shape(ImmutableArray<TensorInfo> tensors) => string.Join("; ", tensors.Select(t => $"{t.Name} [{(t.Shape is { } shape ? string.Join('x', shape.Select(d => d < 0 ? "?" : Number(d))) : "unknown")}]"));

    private static string Count(long? value) => value is { } v ? v.ToString("N0", CultureInfo.InvariantCulture) : "unknown";

    private static string Ratio(double? value) => value is { } v ? v.ToString("0.00", CultureInfo.InvariantCulture) : "unknown";

    private static string Range(ImmutableArray<double> values) => values.Distinct().Count() <= 1
        ? Number(values.FirstOrDefault())
        : $"{Number(values.Min())} to {Number(values.Max())} ({values.Length})";

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
