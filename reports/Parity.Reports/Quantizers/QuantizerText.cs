using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Reports.Quantizers;

/// <summary>A quantizer's figures in words.</summary>
public static class QuantizerText
{
    /// <summary>Both nodes, or the one there is where a constant is stored as codes.</summary>
    public static string Pair(QdqRecord node) => node.Quantize.Length == 0 ? node.Dequantize : $"{node.Quantize} → {node.Dequantize}";

    public static string Sqnr(NodePlace place) => place.Measured!.Tensor switch
    {
        { SqnrDb: { } decibels } => NumberText.Decibels(decibels),
        { NonFinite: > 0 } => NumberText.NotFinite,
        _ when place.IsExact => "exact",
        { Count: 0 } => NumberText.NoValue,
        _ when place.Measured.View == QuantizationView.Codes => "only codes seen",
        _ => NumberText.NoValue,
    };

    public static string CodesUsed(QuantizationMeasures measures) => measures.CodesUsed is { } used
        ? $"{NumberText.Count(used)} ({NumberText.Share(measures.CodesUsedShare)})"
        : NumberText.NoValue;

    public static string Range(ImmutableArray<double> values) => values switch
    {
        [] => NumberText.NoValue,
        [var only] => NumberText.Significant(only),
        _ when values.Any(v => !double.IsFinite(v)) => NumberText.NotFinite,
        _ => $"{NumberText.Significant(values.Min())} to {NumberText.Significant(values.Max())}",
    };

    public static string Range(ImmutableArray<long> values) => values switch
    {
        [] => NumberText.NoValue,
        _ when values.Min() == values.Max() => NumberText.Digits(values[0]),
        _ => $"{NumberText.Digits(values.Min())} to {NumberText.Digits(values.Max())}",
    };
}
