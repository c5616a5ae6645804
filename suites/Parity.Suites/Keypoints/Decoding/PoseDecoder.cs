using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>Models that give boxes and their joints in one output.</summary>
public sealed record PoseDecoder(IBoxDecoder Boxes, IJointReader Joints)
{
    public static ImmutableArray<(string Kind, Func<Settings, int, int, PoseDecoder> FromSettings)> All { get; } =
    [
        ("yolov8-pose", Yolov8Pose),
        ("yolo-pose", YoloPose),
        ("yolox-pose", YoloxPose),
    ];

    /// <summary>From a section <c>decoder</c>; mistakes go to its faults.</summary>
    public static PoseDecoder FromSettings(Settings settings, int classes, int joints)
    {
        string kind = settings.Choice("kind", [.. All.Select(d => d.Kind), HeatmapDecoder.Kind]);
        PoseDecoder decoder = All.First(d => d.Kind == kind).FromSettings(settings, classes, joints);
        settings.RejectUnknown();
        return decoder;
    }

    /// <summary>YOLOv8-pose and YOLO11-pose (ultralytics) as their export writes them: [1, 4 + classes + joints x 3 (or 2), N] in input pixels.</summary>
    private static PoseDecoder Yolov8Pose(Settings settings, int classes, int joints)
    {
        DecoderOutput output = DecoderSettings.Output(settings);
        int values = settings.Integer("joint-values", 3, 2, 3);
        return new(new Yolov8Decoder(output, values * joints),
            new JointColumns(output, 4 + classes, joints, JointOrder.Interleaved, Pixels, channelsFirst: true, scored: values == 3, applySigmoid: false));
    }

    /// <summary>YOLO-pose (Maji et al. 2022) and YOLOv7-pose with decoding in the model: [1, N, 5 + classes + joints x 3] in input pixels, confidences after the sigmoid.</summary>
    private static PoseDecoder YoloPose(Settings settings, int classes, int joints)
    {
        DecoderOutput output = DecoderSettings.Output(settings);
        return new(new Yolov5Decoder(output, 3 * joints),
            new JointColumns(output, 5 + classes, joints, JointOrder.Interleaved, Pixels, channelsFirst: false, scored: true, applySigmoid: settings.Flag("apply-sigmoid", false)));
    }

    /// <summary>
    /// YOLOX-pose without decoding in the model: the rows of <c>yolox</c>, then the joints as offsets in cells. <c>joints</c> interleaved or grouped;
    /// <c>joint-offset</c> cell ((p + cell) * stride) or yolo-pose ((2 p - .5 + cell) * stride).
    /// </summary>
    private static PoseDecoder YoloxPose(Settings settings, int classes, int joints)
    {
        DecoderOutput output = DecoderSettings.Output(settings);
        ImmutableArray<int> strides = DecoderSettings.Strides(settings, [8, 16, 32]);
        bool sigmoid = settings.Flag("apply-sigmoid", false);
        JointOrder order = settings.Choice("joints", ["interleaved", "grouped"], "interleaved") == "grouped" ? JointOrder.Grouped : JointOrder.Interleaved;
        bool doubled = settings.Choice("joint-offset", ["cell", "yolo-pose"], "cell") == "yolo-pose";
        return new(new YoloxDecoder(output, strides, sigmoid, 3 * joints),
            new JointColumns(output, 5 + classes, joints, order, new JointGeometry(strides, doubled ? 2 : 1, doubled ? -0.5f : 0), channelsFirst: false, scored: true, applySigmoid: sigmoid));
    }

    private static JointGeometry Pixels { get; } = new([], 1, 0);
}
