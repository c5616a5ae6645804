using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>Every decoder that a suite can name.</summary>
public static class BoxDecoders
{
    public static ImmutableArray<(string Kind, Func<Settings, IBoxDecoder> FromSettings)> All { get; } =
    [
        ("yolov5", Yolov5Decoder.FromSettings),
        ("yolov8", Yolov8Decoder.FromSettings),
        ("yolox", YoloxDecoder.FromSettings),
        ("fastestdet", FastestDetDecoder.FromSettings),
        ("efficient-nms", EfficientNmsDecoder.FromSettings),
    ];

    /// <summary>From a section <c>decoder</c>; mistakes go to its faults.</summary>
    public static IBoxDecoder FromSettings(Settings settings)
    {
        string kind = settings.Choice("kind", [.. All.Select(d => d.Kind)]);
        IBoxDecoder decoder = All.First(d => d.Kind == kind).FromSettings(settings);
        settings.RejectUnknown();
        return decoder;
    }
}
