using System.Collections.Immutable;

namespace Parity.Suites.Detection;

/// <summary>Every contract of NMS that a suite can name.</summary>
public static class Suppressions
{
    public static ImmutableArray<ISuppression> All { get; } =
    [
        new TorchvisionSuppression(),
        new EfficientNmsSuppression(),
        new OnnxSuppression(),
        new YoloxSuppression(),
    ];
}
