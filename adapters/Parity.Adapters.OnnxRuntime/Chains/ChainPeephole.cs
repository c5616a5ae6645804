namespace Parity.Adapters.OnnxRuntime;

/// <summary>Steps that are one step: fewer passes over a block, the same values.</summary>
internal static class ChainPeephole
{
    public static List<ChainStep> Apply(List<ChainStep> steps)
    {
        var result = new List<ChainStep>(steps);
        for (int i = 0; i < result.Count; i++)
            while (Joined(result, i) is var (step, count) && count > 1)
            {
                result.RemoveRange(i, count);
                result.Insert(i, step);
                i = Math.Max(0, i - 1);
            }
        return result;
    }

    /// <summary>What stands for the steps from <paramref name="at"/> on, and for how many.</summary>
    private static (ChainStep Step, int Count) Joined(List<ChainStep> steps, int at)
    {
        ChainStep first = steps[at];
        bool Follows(int offset, ChainOperation operation, int reads) => at + offset < steps.Count && steps[at + offset].Operation == operation && steps[at + offset].A == reads;

        // A value that a later step reads besides would be lost.
        bool IsLast(int register, int after)
        {
            foreach (ChainStep later in steps.Skip(at + after))
            {
                if (later.Reads(register))
                    return false;
                if (later.Target == register)
                    return true;
            }
            return true;
        }

        // floor(|x| + h) sign(x)
        if (first.Operation == ChainOperation.Abs && Follows(1, ChainOperation.Add, first.Target) && Follows(2, ChainOperation.Floor, steps[at + 1].Target)
            && Follows(3, ChainOperation.Sign, first.A) && Follows(4, ChainOperation.MultiplyBoth, steps[at + 2].Target) && steps[at + 4].B == steps[at + 3].Target
            && Enumerable.Range(at, 4).All(i => steps[i].Target == steps[at + 4].Target || IsLast(steps[i].Target, 5)))
            return (new ChainStep(ChainOperation.RoundAway, steps[at + 4].Target, first.A, X: steps[at + 1].X), 5);
        if (first.Operation == ChainOperation.Quantize && Follows(1, ChainOperation.Dequantize, first.Target) && (first.X, first.Y) == (steps[at + 1].X, steps[at + 1].Y) && (first.Target == steps[at + 1].Target || IsLast(first.Target, 2)))
            return (first with { Operation = ChainOperation.QuantizeAndBack, Target = steps[at + 1].Target }, 2);
        // Logarithms are of magnitudes, and looking up drops fractions, anyway.
        if ((first.Operation == ChainOperation.Abs && Follows(1, ChainOperation.RoundedLogarithm, first.Target) || first.Operation == ChainOperation.Truncate && Follows(1, ChainOperation.Look, first.Target))
            && (first.Target == steps[at + 1].Target || IsLast(first.Target, 2)))
            return (steps[at + 1] with { A = first.A }, 2);
        // A whole number times the scale is quantized to itself: the quotient is within 2^-22 of it as far as there are codes, and farther out both saturate.
        if (first.Operation == ChainOperation.Multiply && Follows(1, ChainOperation.QuantizeAndBack, first.Target) && first.X == steps[at + 1].X && IsWhole(steps, at) && (first.Target == steps[at + 1].Target || IsLast(first.Target, 2)))
            return (steps[at + 1] with { Operation = ChainOperation.ScaleClipped, A = first.A }, 2);
        return (first, 1);
    }

    /// <summary>Whether the step at <paramref name="at"/> reads what was rounded just before, perhaps clipped between whole numbers or moved by one.</summary>
    private static bool IsWhole(List<ChainStep> steps, int at)
    {
        int register = steps[at].A;
        for (int i = at - 1; i >= 0 && steps[i].Target == register; i--)
        {
            switch (steps[i].Operation)
            {
                case ChainOperation.RoundAway or ChainOperation.Round or ChainOperation.Floor:
                    return true;
                case ChainOperation.Clip when float.IsInteger(steps[i].X) && float.IsInteger(steps[i].Y):
                case ChainOperation.Subtract or ChainOperation.Add when float.IsInteger(steps[i].X):
                    register = steps[i].A;
                    continue;
                default:
                    return false;
            }
        }
        return false;
    }
}
