using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Symmetric codes whose scale comes from the values at hand: Round(x x (127 / absmax)) x (absmax / 127), with absmax by row (last axis) or of everything but the batch axis.
/// QuantizeLinear could hold neither a scale for each row of a batch nor outliers, so there is no Q/DQ pair.
/// </summary>
internal static class DynamicSubgraph
{
    /// <summary>Below this a row is zeros; above it 127 / absmax is finite.</summary>
    private const float SmallestMaximum = 1e-30f;

    /// <param name="Quantized">Values of the codes, 0 in outlier columns.</param>
    /// <param name="Outliers">Outlier columns, 0 elsewhere; null without a threshold.</param>
    /// <param name="OutlierShare">Scalar: share of the columns that are outliers on this run; null without a threshold.</param>
    public readonly record struct Result(string Quantized, string? Outliers, string? OutlierShare);

    /// <param name="rank">Of the tensor.</param>
    /// <param name="columnAxis">The axis that products sum over: 1 of a convolution, the last of a product.</param>
    /// <param name="opset">Of the model: reductions have their axes as an attribute before 18, as an input from then on.</param>
    /// <param name="byRow">One scale for each row, else one for all of an image.</param>
    public static Result Add(NodeWriter writer, string tensor, int opset, int rank, int columnAxis, bool byRow, NumberFormat format, float? outlierMagnitude)
    {
        string magnitude = writer.Node("Abs", "magnitude", tensor);
        string counted = magnitude, zero = writer.Scalar("zero", 0);
        string? isOutlier = null, share = null;
        if (outlierMagnitude is { } limit)
        {
            string threshold = writer.Scalar("threshold", limit);
            string largest = Maximum(writer, opset, "column_maximum", magnitude, Enumerable.Range(0, rank).Where(a => a != columnAxis));
            isOutlier = writer.Node("GreaterOrEqual", "is_outlier", largest, threshold);
            share = writer.Node("ReduceMean", "outlier_share", n => n.Set("keepdims", 0L),
                writer.Node("Cast", "outlier_ones", n => n.Set("to", (long)TensorType.Float32), isOutlier));
            // Single values over the threshold alone leave the maximum; the rest of their columns stays in it, as in the kernels.
            counted = writer.Node("Where", "counted", writer.Node("Less", "is_counted", magnitude, threshold), magnitude, zero);
        }
        string extent = writer.Node("Max", "maximum", Maximum(writer, opset, "row_maximum", counted, byRow ? [rank - 1] : Enumerable.Range(1, rank - 1)), writer.Scalar("smallest", SmallestMaximum));
        string largestCode = writer.Scalar("largest_code", format.CodeHigh);
        string codes = writer.Node("Round", "codes", writer.Node("Mul", "steps", tensor, writer.Node("Div", "factor", largestCode, extent)));
        string values = writer.Node("Mul", "values", codes, writer.Node("Div", "scale", extent, largestCode));
        return isOutlier is null ? new Result(values, null, null)
            : new Result(writer.Node("Where", "dq", isOutlier, zero, values), writer.Node("Where", "outliers", isOutlier, tensor, zero), share);
    }

    private static string Maximum(NodeWriter writer, int opset, string output, string tensor, IEnumerable<int> axes)
    {
        long[] values = [.. axes.Select(a => (long)a)];
        return opset < 18
            ? writer.Node("ReduceMax", output, n => n.Set("axes", values).Set("keepdims", 1L), tensor)
            : writer.Node("ReduceMax", output, n => n.Set("keepdims", 1L), tensor, writer.Constant($"{output}_axes", Tensor.Create(values, values.Length)));
    }
}
