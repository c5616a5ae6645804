namespace Parity.Onnx;

/// <summary>Quantization operators.</summary>
internal static class QuantizationRules
{
    public static void Quantize(InferenceNode node)
    {
        var type = node.Has(2) ? node.Type(2) : (TensorType)node.Node.Int("output_dtype", (long)TensorType.UInt8);
        node.Set(0, type == TensorType.Undefined && !node.Has(2) ? TensorType.UInt8 : type, node.Shape(0));
    }

    public static void Dequantize(InferenceNode node) =>
        node.Set(0, node.Node.Int("output_dtype", 0) is > 0 and var type ? (TensorType)type : node.Type(1), node.Shape(0));

    public static void DynamicQuantize(InferenceNode node)
    {
        node.Set(0, TensorType.UInt8, node.Shape(0));
        node.Set(1, TensorType.Float32, []);
        node.Set(2, TensorType.UInt8, []);
    }
}
