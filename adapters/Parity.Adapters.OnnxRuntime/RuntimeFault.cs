using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;
using Parity.Core;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>ONNX Runtime's errors as faults: its sentence without source paths, and what to do.</summary>
internal static partial class RuntimeFault
{
    private const int LongestMessage = 300;

    public static FaultException InLoad(OnnxRuntimeException error, string model)
    {
        string message = Sentence(error);
        string remedy = message switch
        {
            _ when error.Message.Contains("ErrorCode:InvalidProtobuf") => "Export or copy the model again: the file is no ONNX model, or cut short.",
            _ when message.Contains("opset", StringComparison.OrdinalIgnoreCase) || message.Contains("IR version", StringComparison.Ordinal)
                => "Export the model with an older opset, or use a newer ONNX Runtime.",
            _ when error.Message.Contains("ErrorCode:NotImplemented") => "Replace the operator when exporting, or choose another backend.",
            _ when message.Contains("is not a registered function/op", StringComparison.Ordinal) || message.Contains("No Op registered", StringComparison.Ordinal) => "Replace the operator when exporting, or choose another backend.",
            _ => "Check the model with `parity inspect`, and export it again.",
        };
        return new FaultException($"ONNX Runtime cannot load the model: {message}", model, remedy);
    }

    public static FaultException InRun(OnnxRuntimeException error, string model, Tensor input) => new(
        $"ONNX Runtime cannot run the model on {input}: {Sentence(error)}", model, "Check the model with `parity inspect`; feed what the session's input contract says.");

    /// <summary>The error's text on one line, without error code and source position, at most 300 characters.</summary>
    public static string Sentence(Exception error)
    {
        string text = Whitespace().Replace(SourcePosition().Replace(ErrorCode().Replace(error.Message, ""), ""), " ").Trim().TrimEnd('.');
        return text.Length <= LongestMessage ? text : string.Concat(text.AsSpan(0, LongestMessage), "...");
    }

    [GeneratedRegex(@"^\[ErrorCode:\w+\]\s*")]
    private static partial Regex ErrorCode();

    // "/onnxruntime_src/onnxruntime/core/graph/model.cc:182 onnxruntime::Model::Model(...) " up to the text, which follows the signature's end.
    [GeneratedRegex(@"/\S+\.(cc|h|cpp):\d+ \S+( [^:]*?\))?\s*(\[with [^\]]*\])?")]
    private static partial Regex SourcePosition();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
