using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering;

/// <summary>The <c>quantization</c> section of a profile.</summary>
internal static class RulesReader
{
    private static readonly ImmutableArray<string> WeightedTypes = ["Conv", "ConvTranspose", "Gemm", "MatMul"];

    public static QuantizationRules Read(Settings s, QuantizationRules? basis)
    {
        var rules = new QuantizationRules
        {
            Activations = s.Field("activations", basis?.Activations, Format),
            Weights = s.Field("weights", basis?.Weights, Format),
            Bias = SettingsFields.Word(s, "bias", basis?.Bias),
            Requantization = s.Field("requantization", basis?.Requantization, (r, b) => new Requantization(
                SettingsFields.Word(r, "multiplier", b?.Multiplier), SettingsFields.Word(r, "rounding", b?.Rounding), r.Integer("accumulator-bits", b?.AccumulatorBits, least: 0, most: 64))),
            Placement = SettingsFields.Word(s, "placement", basis?.Placement),
            Result = SettingsFields.Word(s, "result", basis?.Result),
            Operators = s.List("operators", basis?.Operators, Operators),
            Fusions = s.List<FusionRule>("fusions", basis?.Fusions ?? [], f => [new FusionRule(f.Texts("operators"), f.Texts("activations", []), f.Flag("add", false))]),
            FloatOutputLayers = s.Flag("float-output-layers", basis?.FloatOutputLayers ?? false),
            InputScale = s.Optional("input-scale", basis?.InputScale, least: 1e-30),
            OutlierMagnitude = s.Optional("outlier-magnitude", basis?.OutlierMagnitude, least: 1e-30),
            Int16 = s.Optional("int16", basis?.Int16, (o, b) => new PrecisionOption(
                o.Field("activations", b?.Activations, Format), o.Field("weights", b?.Weights, Format), ProfileReader.Source(o, b?.Source))
            {
                Bias = o.Has("bias") ? SettingsFields.Word<BiasRule>(o, "bias", null) : b?.Bias,
            }),
        };
        Check(rules, s);
        return rules;
    }

    private static NumberFormat Format(Settings s, NumberFormat? basis)
    {
        var format = new NumberFormat
        {
            Bits = s.Integer("bits", basis?.Bits, least: 2, most: 16),
            Sign = SettingsFields.Word(s, "sign", basis?.Sign),
            Symmetry = SettingsFields.Word(s, "symmetry", basis?.Symmetry),
            Granularity = SettingsFields.Word(s, "granularity", basis?.Granularity),
            GroupSize = s.Integer("group-size", basis?.GroupSize ?? 0, least: 0),
            Scale = SettingsFields.Word(s, "scale", basis?.Scale),
            CodeLow = s.Integer("code-low", basis?.CodeLow),
            CodeHigh = s.Integer("code-high", basis?.CodeHigh),
            Rounding = SettingsFields.Word(s, "rounding", basis?.Rounding),
            ZeroPoint = SettingsFields.Word<ZeroPointPlacement>(s, "zero-point", basis?.ZeroPoint ?? ZeroPointPlacement.AfterRounding),
            Position = SettingsFields.Word<PositionRule>(s, "position", basis?.Position ?? PositionRule.Floor),
            Time = SettingsFields.Word<ScaleTime>(s, "time", basis?.Time ?? ScaleTime.Calibrated),
        };
        var (least, most) = format.Sign == Sign.Unsigned ? (0, (1 << format.Bits) - 1) : (-(1 << (format.Bits - 1)), (1 << (format.Bits - 1)) - 1);
        if (format.CodeLow < least || format.CodeHigh > most || format.CodeLow > 0 || format.CodeHigh <= 0)
            s.Faults.Add($"codes {format.CodeLow} to {format.CodeHigh} are not codes of {format.Bits} bits with 0 among them", s.Where, $"Stay within {least} to {most}.");
        bool hasZeroPoint = format.Symmetry == Symmetry.Asymmetric;
        if (format.Scale is ScaleForm.FractionalLength or ScaleForm.Position or ScaleForm.PositionScale or ScaleForm.Logarithm && hasZeroPoint || format.Scale == ScaleForm.PositionScaleOffset && !hasZeroPoint)
            s.Faults.Add($"scale and symmetry do not fit: {format}", s.Where, "Asymmetric formats have the scales float and position-scale-offset, symmetric ones all others and float.");
        if (format.Granularity == Granularity.PerGroup != format.GroupSize > 0)
            s.Faults.Add($"granularity {(format.GroupSize > 0 ? "has a group-size but no groups" : "is by group, of no size")}", s.Where, "Give 'granularity: per-group' and a 'group-size' of at least 1, or neither.");
        if (format.Granularity == Granularity.PerGroup && format.Scale == ScaleForm.Logarithm)
            s.Faults.Add("logarithmic codes have no groups", s.Where, "Write 'granularity: per-tensor'.");
        if (format.Scale == ScaleForm.Logarithm && format.Bits is not (8 or 16))
            s.Faults.Add($"logarithmic codes of {format.Bits} bits have no code book", s.Where, "Give 8 or 16 bits.");
        return format;
    }

    private static IEnumerable<OperatorRule> Operators(Settings s)
    {
        var role = SettingsFields.Word<OperatorRole>(s, "role", null);
        var types = s.Texts("types");
        bool everyInput = s.Flag("every-input", false);
        var sharing = SettingsFields.Word<ScaleSharing>(s, "sharing", ScaleSharing.None);
        var when = s.Optional<AttributeCondition>("when", null, (w, _) => new AttributeCondition(w.Text("attribute"), w.Text("value"), w.Text("default")));
        foreach (string type in types.Where(t => role == OperatorRole.Weighted && !WeightedTypes.Contains(t) || role == OperatorRole.Residual && t != "Add"))
            s.Faults.Add($"{type} cannot be {(role == OperatorRole.Weighted ? "weighted" : "a residual sum")}", s.Where, role == OperatorRole.Weighted ? $"Weighted are {string.Join(", ", WeightedTypes)}." : "Only Add can.");
        return types.Select(t => new OperatorRule(t, role, everyInput, when) { Sharing = sharing });
    }

    private static void Check(QuantizationRules rules, Settings s)
    {
        bool dynamic = rules.Activations.Time == ScaleTime.Dynamic;
        if (dynamic && rules.Placement != PairPlacement.OperatorInputs)
            s.Faults.Add("scales of the values at hand are chosen where an operator reads them", s.Where, "Write 'placement: operator-inputs'.");
        if (dynamic && (rules.Activations.Symmetry, rules.Activations.Scale) != (Symmetry.Symmetric, ScaleForm.Float))
            s.Faults.Add($"dynamic activations are symmetric with a float scale, not {rules.Activations}", s.Where, "Write 'symmetry: symmetric' and 'scale: float'.");
        if (rules.Activations.Granularity == Granularity.PerGroup || !dynamic && rules.Activations.Granularity == Granularity.PerChannel)
            s.Faults.Add("activations have one scale a tensor, dynamic ones perhaps one a row", s.Where, "Write 'granularity: per-tensor' for activations.");
        if (!dynamic && rules.OutlierMagnitude is not null)
            s.Faults.Add("outliers are set apart from dynamic activations only", s.Where, "Write 'time: dynamic' for activations, or leave 'outlier-magnitude' out.");
        if (rules.Weights is { Time: ScaleTime.Dynamic } or { Sign: Sign.ByRange, Granularity: not Granularity.PerTensor })
            s.Faults.Add($"weights cannot be {rules.Weights}", s.Where, "Give weights calibrated scales, and a sign where they have one a channel.");
    }
}
