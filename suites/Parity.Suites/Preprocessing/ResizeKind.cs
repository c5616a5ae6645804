namespace Parity.Suites.Preprocessing;

/// <summary>How a picture comes to the size of the model's input.</summary>
public enum ResizeKind
{
    /// <summary>Aspect kept, the rest padded on all sides: Ultralytics and YOLOv5 (auto=False).</summary>
    LetterboxCentred,

    /// <summary>Aspect kept, the rest padded right and below: YOLOX.</summary>
    LetterboxTopLeft,

    /// <summary>Both sides to size, aspect not kept: FastestDet, most segmenters.</summary>
    Stretch,

    /// <summary>Resized until the input is covered, then its centre cut out: torchvision's classifiers.</summary>
    Crop,
}
