using System.Globalization;
using System.Text.RegularExpressions;
using Parity.Core;

namespace Parity.Engine.Gating;

public enum ClauseForm { DropAtMost, ValueAtLeast, ValueAtMost, QuantizedShareAtLeast, CostAtMost }

/// <summary>
/// One condition of a policy, stated so that it holds when all is well: NaN and no value cannot fulfil it.
/// <c>bbox/AP drop &lt;= 1.0 points</c>, <c>bbox/AP &gt;= 0.30</c>, <c>quantized-macs &gt;= 0.8</c>, <c>cost &lt;= 1.2</c>.
/// </summary>
/// <param name="Limit">In the unit of the measurement: "1.0 points" of a fraction is 0.01.</param>
/// <param name="Target">The one target it is for; null for all.</param>
public sealed partial record Clause(string Text, ClauseForm Form, string Measurement, double Limit, string? Target)
{
    /// <summary>Reads a clause; a mistake is added to <paramref name="faults"/> and null returned.</summary>
    public static Clause? Parse(string text, string? target, string where, FaultList faults)
    {
        Match match = Pattern().Match(text);
        if (!match.Success || !double.TryParse(match.Groups["limit"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double limit))
        {
            faults.Add($"'{text}' is not a clause", where, "Write it like 'bbox/AP drop <= 1.0 points', 'bbox/AP >= 0.30', 'quantized-macs >= 0.8' or 'cost <= 1.2'.");
            return null;
        }

        string name = match.Groups["name"].Value;
        bool drop = match.Groups["drop"].Success;
        bool atMost = match.Groups["sign"].Value == "<=";
        bool points = match.Groups["points"].Success;
        if (drop && !atMost)
        {
            faults.Add($"'{text}' asks for a drop of at least a limit", where, "A drop is bounded from above: use '<='.");
            return null;
        }

        if (name == QuantizedShare && (drop || atMost))
        {
            faults.Add($"'{text}' does not bound the quantized share from below", where, $"Write '{QuantizedShare} >= 0.8'.");
            return null;
        }

        if (name == Cost && (drop || !atMost))
        {
            faults.Add($"'{text}' does not bound the cost from above", where, $"Write '{Cost} <= 1.2'.");
            return null;
        }

        ClauseForm form = drop ? ClauseForm.DropAtMost : name == QuantizedShare ? ClauseForm.QuantizedShareAtLeast : name == Cost ? ClauseForm.CostAtMost : atMost ? ClauseForm.ValueAtMost : ClauseForm.ValueAtLeast;
        return new Clause(text, form, name, points ? limit / 100 : limit, target);
    }

    public const string QuantizedShare = "quantized-macs";

    /// <summary>Estimated cost of the multiply-accumulates against all of them quantized.</summary>
    public const string Cost = "cost";

    [GeneratedRegex(@"^\s*(?<name>[A-Za-z][\w./@:-]*)\s+(?<drop>drop\s*)?(?<sign><=|>=)\s*(?<limit>[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*(?<points>points?)?\s*$")]
    private static partial Regex Pattern();
}
