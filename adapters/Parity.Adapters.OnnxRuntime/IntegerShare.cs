using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Parity.Core;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>
/// Which share of a model's multiply-accumulates ONNX Runtime runs in integer kernels: it is asked, by profiling one run, because whether a Q/DQ
/// model's nodes are fused depends on the model, the processor and the version.
/// </summary>
internal static class IntegerShare
{
    /// <summary>Whether the model has operators that may run in integers at all.</summary>
    public static bool IsQuantized(string opType) =>
        opType is "QuantizeLinear" or "DequantizeLinear" or "DynamicQuantizeLinear" or "DynamicQuantizeMatMul" || IsInteger(opType);

    /// <param name="openProfiled">Opens the model with the given additions to the session's options.</param>
    /// <param name="input">Any input the model takes; values do not matter.</param>
    /// <returns>0 to 1; null when the model has no multiply-accumulates, or the profiled run fails.</returns>
    public static double? Measure(Func<Action<SessionOptions>, InferenceSession> openProfiled, Tensor input)
    {
        string folder = Directory.CreateTempSubdirectory("parity-onnxruntime-").FullName;
        try
        {
            using InferenceSession session = openProfiled(options =>
            {
                options.ProfileOutputPathPrefix = Path.Combine(folder, "profile");
                options.EnableProfiling = true;
                // Prepacked weights vanish from the profile, and blocked layouts pad their channels. Neither has a say in what is fused to integers.
                options.AddSessionConfigEntry("session.disable_prepacking", "1");
                options.AddSessionConfigEntry(OnnxRuntimeBackend.DisabledOptimizers, $"NchwcTransformer;{OnnxRuntimeBackend.QuantizesByItself}");
            });
            RunOnce(session, input);
            using FileStream profile = File.OpenRead(session.EndProfiling());
            return Read(profile);
        }
        catch (OnnxRuntimeException)
        {
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double? Read(Stream profile)
    {
        using JsonDocument events = JsonDocument.Parse(profile);
        double integer = 0, all = 0;
        foreach (JsonElement item in events.RootElement.EnumerateArray())
        {
            if (!item.TryGetProperty("args", out JsonElement args) || !args.TryGetProperty("op_name", out JsonElement op)
                || !args.TryGetProperty("input_type_shape", out JsonElement inputs) || !args.TryGetProperty("output_type_shape", out JsonElement outputs))
                continue;
            string opType = op.GetString()!;
            double macs = Macs(opType, Shapes(inputs), Shapes(outputs));
            all += macs;
            if (IsInteger(opType))
                integer += macs;
        }
        return all > 0 ? integer / all : null;
    }

    /// <summary>Multiply-accumulates of one node from the shapes it was run with; 0 for operators without any.</summary>
    private static double Macs(string opType, List<long[]> inputs, List<long[]> outputs)
    {
        if (outputs.Count == 0)
            return 0;
        double results = Product(outputs[0]);
        return opType switch
        {
            "Conv" or "FusedConv" or "NhwcFusedConv" or "ConvInteger" when inputs.Count >= 2 => results * PerChannel(inputs[1]),
            "QLinearConv" when inputs.Count >= 4 => results * PerChannel(inputs[3]),
            "ConvTranspose" when inputs.Count >= 2 => Product(inputs[0]) * PerChannel(inputs[1]),
            // The summed extent is what A has beyond the rows of the result, whether A is transposed or not.
            "MatMul" or "FusedMatMul" or "Gemm" or "FusedGemm" or "MatMulInteger" or "MatMulIntegerToFloat" or "DynamicQuantizeMatMul" or "QLinearMatMul" or "QGemm"
                when inputs.Count >= 2 && inputs[0].Length > 0 => results * Summed(inputs[0], outputs[0]),
            _ => 0,
        };
    }

    private static bool IsInteger(string opType) =>
        opType is "QLinearConv" or "ConvInteger" or "QLinearMatMul" or "MatMulInteger" or "MatMulIntegerToFloat" or "DynamicQuantizeMatMul" or "QGemm";

    private static double PerChannel(long[] weight) => weight.Length == 0 || weight[0] == 0 ? 0 : Product(weight) / weight[0];

    private static double Summed(long[] a, long[] result) =>
        a.Length < 2 || result.Length < 2 ? a[^1] : result[^2] == 0 ? 0 : (double)a[^1] * a[^2] / result[^2];

    private static double Product(long[] shape) => shape.Aggregate(1.0, (product, extent) => product * extent);

    /// <summary>From [{"float":[1,3,8,8]}, ...]: one shape per tensor that was there.</summary>
    private static List<long[]> Shapes(JsonElement tensors) =>
        [.. tensors.EnumerateArray().SelectMany(t => t.EnumerateObject()).Select(t => t.Value.EnumerateArray().Select(d => d.GetInt64()).ToArray())];

    private static unsafe void RunOnce(InferenceSession session, Tensor input)
    {
        using var options = new RunOptions();
        fixed (byte* start = input.Bytes())
        {
            using OrtValue value = TensorTypes.View(input, start);
            session.Run(options, session.InputNames, [value], session.OutputNames).Dispose();
        }
    }
}
