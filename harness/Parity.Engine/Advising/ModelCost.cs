using Parity.Lowering;

namespace Parity.Engine.Advising;

/// <summary>What a plan costs: an estimate by multiply-accumulates and the profile's weights, 1 with all of them in the target's usual format.</summary>
internal static class ModelCost
{
    /// <summary>What a layer in another precision costs beyond its arithmetic: its neighbours convert to and fro.</summary>
    public const double Switching = 0.005;

    /// <summary>Null where the shapes do not tell.</summary>
    public static double? Of(LoweringResult lowered, TargetProfile profile)
    {
        if (lowered.Record is not { } record || record.Layers.IsEmpty || record.Layers.Any(l => l.Macs is null))
            return null;
        double all = record.Layers.Sum(l => (double)l.Macs!), usual = 0;
        foreach (var layer in record.Layers)
            usual += layer.Macs!.Value * Weight(layer.Precision, profile);
        return all > 0 ? usual / all : null;
    }

    private static double Weight(string precision, TargetProfile profile) => precision switch
    {
        "float32" => 4,
        "float16" or "int16" => 2,
        _ => 1,
    };
}
