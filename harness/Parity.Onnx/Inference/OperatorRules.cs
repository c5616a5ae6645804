using System.Collections.Frozen;

namespace Parity.Onnx;

/// <summary>Every operator of ONNX's own domain that inference knows, by hand.</summary>
internal static class OperatorRules
{
    private static readonly FrozenDictionary<string, Action<InferenceNode>> Rules = new Dictionary<string, Action<InferenceNode>>
    {
        ["Conv"] = ConvolutionRules.Conv,
        ["ConvTranspose"] = ConvolutionRules.ConvTranspose,
        ["ConvInteger"] = ConvolutionRules.ConvInteger,
        ["QLinearConv"] = ConvolutionRules.QLinearConv,
        ["MaxPool"] = ConvolutionRules.MaxPool,
        ["AveragePool"] = ConvolutionRules.AveragePool,
        ["LpPool"] = ConvolutionRules.AveragePool,
        ["GlobalAveragePool"] = ConvolutionRules.GlobalPool,
        ["GlobalMaxPool"] = ConvolutionRules.GlobalPool,
        ["GlobalLpPool"] = ConvolutionRules.GlobalPool,

        ["MatMul"] = ProductRules.MatMul,
        ["MatMulInteger"] = ProductRules.MatMulInteger,
        ["QLinearMatMul"] = ProductRules.QLinearMatMul,
        ["Gemm"] = ProductRules.Gemm,
        ["Einsum"] = ProductRules.Einsum,

        ["Add"] = ElementwiseRules.Binary((a, b, _) => a + b),
        ["Sub"] = ElementwiseRules.Binary((a, b, _) => a - b),
        ["Mul"] = ElementwiseRules.Binary((a, b, _) => a * b),
        ["Div"] = ElementwiseRules.Binary((a, b, integer) => integer ? Math.Truncate(a / b) : a / b),
        ["Mod"] = ElementwiseRules.Binary((a, b, integer) => integer ? a - b * Math.Floor(a / b) : double.NaN),
        // The exponent may have a type of its own, and the values of powers are not followed.
        ["Pow"] = node => node.Set(0, node.Type(0), Broadcasting.Join(node, [0, 1])),
        ["Equal"] = ElementwiseRules.Comparison((a, b) => a == b),
        ["Greater"] = ElementwiseRules.Comparison((a, b) => a > b),
        ["GreaterOrEqual"] = ElementwiseRules.Comparison((a, b) => a >= b),
        ["Less"] = ElementwiseRules.Comparison((a, b) => a < b),
        ["LessOrEqual"] = ElementwiseRules.Comparison((a, b) => a <= b),
        ["And"] = ElementwiseRules.Comparison((a, b) => a != 0 && b != 0),
        ["Or"] = ElementwiseRules.Comparison((a, b) => a != 0 || b != 0),
        ["Xor"] = ElementwiseRules.Comparison((a, b) => a != 0 != (b != 0)),
        ["Min"] = ElementwiseRules.Variadic,
        ["Max"] = ElementwiseRules.Variadic,
        ["Sum"] = ElementwiseRules.Variadic,
        ["Mean"] = ElementwiseRules.Variadic,
        ["BitShift"] = ElementwiseRules.Variadic,
        ["BitwiseAnd"] = ElementwiseRules.Variadic,
        ["BitwiseOr"] = ElementwiseRules.Variadic,
        ["BitwiseXor"] = ElementwiseRules.Variadic,
        ["PRelu"] = ElementwiseRules.PRelu,
        ["Where"] = ElementwiseRules.Where,
        ["Cast"] = ElementwiseRules.Cast,
        ["CastLike"] = ElementwiseRules.CastLike,
        ["Dropout"] = ElementwiseRules.Dropout,
        ["Identity"] = ElementwiseRules.Identity,
        ["Neg"] = ElementwiseRules.Unary(x => -x),
        ["Abs"] = ElementwiseRules.Unary(Math.Abs),
        ["Floor"] = ElementwiseRules.Unary(Math.Floor),
        ["Ceil"] = ElementwiseRules.Unary(Math.Ceiling),
        ["Round"] = ElementwiseRules.Unary(x => Math.Round(x, MidpointRounding.ToEven)),
        ["Not"] = ElementwiseRules.SameAsBool,
        ["IsNaN"] = ElementwiseRules.SameAsBool,
        ["IsInf"] = ElementwiseRules.SameAsBool,

        ["Reshape"] = LayoutRules.Reshape,
        ["Transpose"] = LayoutRules.Transpose,
        ["Flatten"] = LayoutRules.Flatten,
        ["Squeeze"] = LayoutRules.Squeeze,
        ["Unsqueeze"] = LayoutRules.Unsqueeze,
        ["Concat"] = LayoutRules.Concat,
        ["Split"] = LayoutRules.Split,
        ["Expand"] = LayoutRules.Expand,
        ["Tile"] = LayoutRules.Tile,
        ["DepthToSpace"] = LayoutRules.DepthToSpace,
        ["SpaceToDepth"] = LayoutRules.SpaceToDepth,

        ["Slice"] = SelectionRules.Slice,
        ["Gather"] = SelectionRules.Gather,
        ["GatherElements"] = SelectionRules.GatherElements,
        ["GatherND"] = SelectionRules.GatherND,
        ["TopK"] = SelectionRules.TopK,
        ["NonMaxSuppression"] = SelectionRules.NonMaxSuppression,
        ["NonZero"] = SelectionRules.NonZero,
        ["Compress"] = SelectionRules.Compress,
        ["OneHot"] = SelectionRules.OneHot,
        ["Pad"] = SelectionRules.Pad,

        ["ReduceSum"] = ReductionRules.Reduce,
        ["ReduceMean"] = ReductionRules.Reduce,
        ["ReduceMax"] = ReductionRules.Reduce,
        ["ReduceMin"] = ReductionRules.Reduce,
        ["ReduceProd"] = ReductionRules.Reduce,
        ["ReduceL1"] = ReductionRules.Reduce,
        ["ReduceL2"] = ReductionRules.Reduce,
        ["ReduceLogSum"] = ReductionRules.Reduce,
        ["ReduceLogSumExp"] = ReductionRules.Reduce,
        ["ReduceSumSquare"] = ReductionRules.Reduce,
        ["ArgMax"] = ReductionRules.Arg,
        ["ArgMin"] = ReductionRules.Arg,
        ["BatchNormalization"] = ReductionRules.BatchNormalization,
        ["LayerNormalization"] = ReductionRules.LayerNormalization,

        ["Resize"] = SamplingRules.Resize,
        ["Upsample"] = SamplingRules.Upsample,
        ["GridSample"] = SamplingRules.GridSample,
        ["RoiAlign"] = SamplingRules.RoiAlign,

        ["QuantizeLinear"] = QuantizationRules.Quantize,
        ["DequantizeLinear"] = QuantizationRules.Dequantize,
        ["DynamicQuantizeLinear"] = QuantizationRules.DynamicQuantize,

        ["LSTM"] = RecurrentRules.Recurrent,
        ["GRU"] = RecurrentRules.Recurrent,
        ["RNN"] = RecurrentRules.Recurrent,

        ["Shape"] = GeneratorRules.Shape,
        ["Size"] = GeneratorRules.Size,
        ["ConstantOfShape"] = GeneratorRules.ConstantOfShape,
        ["Range"] = GeneratorRules.Range,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>One output of the first input's type and shape.</summary>
    private static readonly FrozenSet<string> SameShape = new[]
    {
        "Relu", "LeakyRelu", "ThresholdedRelu", "Elu", "Selu", "Celu", "Gelu", "Mish", "Swish", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh",
        "Softplus", "Softsign", "Softmax", "LogSoftmax", "Hardmax", "Shrink", "Clip", "Sqrt", "Exp", "Log", "Erf", "Reciprocal", "Sign",
        "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "BitwiseNot", "CumSum", "Trilu",
        "InstanceNormalization", "GroupNormalization", "LpNormalization", "MeanVarianceNormalization", "RMSNormalization", "LRN",
        "Scatter", "ScatterElements", "ScatterND", "ReverseSequence",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Null for an operator nobody wrote a rule for.</summary>
    public static Action<InferenceNode>? Find(Node node)
    {
        // Other tools write Q/DQ of 4 and 16 bits in this domain, with the same meaning.
        if (node.Domain.Length > 0 && !(node.Domain == "com.microsoft" && node.OpType is "QuantizeLinear" or "DequantizeLinear"))
            return null;
        return Rules.GetValueOrDefault(node.OpType) ?? (SameShape.Contains(node.OpType) ? ElementwiseRules.Same : null);
    }
}
