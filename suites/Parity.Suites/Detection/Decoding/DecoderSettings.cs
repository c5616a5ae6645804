using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>Settings that several decoders share.</summary>
internal static class DecoderSettings
{
    /// <summary>Key <c>output</c>: null where the model's only output is meant.</summary>
    public static DecoderOutput Output(Settings settings) => new(settings.Has("output") ? settings.Text("output") : null);

    /// <summary>Key <c>strides</c>: input pixels a cell, in the order of the output's grids.</summary>
    public static ImmutableArray<int> Strides(Settings settings, ImmutableArray<double> fallback)
    {
        ImmutableArray<double> strides = settings.Numbers("strides", fallback: fallback);
        if (strides.IsEmpty || strides.Any(s => s < 1 || s != Math.Floor(s)))
        {
            settings.Faults.Add("'strides' are not whole numbers of at least 1", settings.Where, "Write the pixels a grid cell spans, such as [8, 16, 32].");
            return [.. fallback.Select(s => (int)s)];
        }
        return [.. strides.Select(s => (int)s)];
    }
}
