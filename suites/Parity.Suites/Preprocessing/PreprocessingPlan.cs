using System.Collections.Immutable;
using System.Globalization;
using Parity.Core;

namespace Parity.Suites.Preprocessing;

/// <summary>The <c>preprocessing</c> section of a suite.</summary>
/// <param name="Pad">Grey value of padding, 0 to 255.</param>
/// <param name="Contract">What the float model wants.</param>
public sealed record PreprocessingPlan(ResizeKind Resize, byte Pad, InputContract Contract)
{
    private static readonly ImmutableArray<string> ResizeNames = ["letterbox-centred", "letterbox-top-left", "stretch", "crop"];

    /// <summary>
    /// Keys: <c>resize</c> (letterbox-centred, letterbox-top-left, stretch, crop), <c>size</c> [width, height], <c>color</c> (bgr, rgb), which are required,
    /// since a wrong guess costs accuracy and no error; <c>pad</c> 114, <c>scale</c> 1 (also as 1/255), <c>mean</c> [0, 0, 0] and <c>std</c> [1, 1, 1] in
    /// the order of <c>color</c>, <c>layout</c> nchw (or nhwc), <c>type</c> float32 (or uint8).
    /// </summary>
    /// <returns>Null when the section has mistakes; they are then in the settings' faults.</returns>
    public static PreprocessingPlan? Read(Settings settings)
    {
        int before = settings.Faults.Count;
        var resize = (ResizeKind)ResizeNames.IndexOf(settings.Choice("resize", ResizeNames));
        ImmutableArray<double> size = settings.Numbers("size", 2);
        foreach (double side in size)
            Require(settings, "size", side is >= 1 and <= 65536 && side == Math.Floor(side), $"{side} is not a whole number of pixels from 1 to 65536", "Write [width, height].");
        int pad = settings.Integer("pad", 114, 0, 255);
        ColorOrder color = settings.Choice("color", ["bgr", "rgb"]) == "rgb" ? ColorOrder.Rgb : ColorOrder.Bgr;
        double scale = Scale(settings);
        ImmutableArray<double> mean = settings.Numbers("mean", 3, [0, 0, 0]);
        ImmutableArray<double> std = settings.Numbers("std", 3, [1, 1, 1]);
        foreach (double divisor in std)
            Require(settings, "std", divisor > 0 && float.IsNormal((float)divisor), $"{divisor} is no divisor", "Write three numbers above 0.");
        foreach (double offset in mean)
            Require(settings, "mean", float.IsFinite((float)offset), $"{offset} does not fit a float32", "Write three smaller numbers.");
        TensorLayout layout = settings.Choice("layout", ["nchw", "nhwc"], "nchw") == "nhwc" ? TensorLayout.Nhwc : TensorLayout.Nchw;
        ElementType type = settings.Choice("type", ["float32", "uint8"], "float32") == "uint8" ? ElementType.UInt8 : ElementType.Float32;
        Require(settings, "type", type != ElementType.UInt8 || (scale == 1 && mean.All(m => m == 0) && std.All(s => s == 1)),
            "uint8 takes the pixels as they are, but scale, mean or std would change them", "Leave out scale, mean and std, or write type: float32.");
        settings.RejectUnknown();
        return settings.Faults.Count > before
            ? null
            : new PreprocessingPlan(resize, (byte)pad, new InputContract(type, layout, color, (int)size[0], (int)size[1], scale, mean, std));
    }

    // YAML has no fractions, and 1/255 rounded by hand to 0.0039 is a common way to lose accuracy.
    private static double Scale(Settings settings)
    {
        if (!settings.Has("scale"))
            return 1;
        SettingsValue value = settings.Entries["scale"];
        string[] parts = (value.Text ?? "").Split('/');
        var numbers = parts.Select(p => double.TryParse(p, NumberStyles.Float, CultureInfo.InvariantCulture, out double n) ? n : double.NaN).ToArray();
        double scale = numbers.Length switch { 1 => numbers[0], 2 => numbers[0] / numbers[1], _ => double.NaN };
        bool usable = float.IsNormal((float)scale);
        Require(settings, "scale", usable, $"{value.Describe()} is not a number other than 0", "Write a number or a fraction such as 1/255.");
        return usable ? scale : 1;
    }

    private static void Require(Settings settings, string key, bool holds, string what, string remedy)
    {
        if (!holds)
            settings.Faults.Add($"'{key}': {what}", settings.Entries.TryGetValue(key, out SettingsValue? value) ? value.Where : settings.Where, remedy);
    }
}
