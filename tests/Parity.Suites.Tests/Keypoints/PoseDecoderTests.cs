using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Keypoints;
using Parity.Suites.Detection;

namespace Parity.Suites.Tests.Keypoints;

using Parity.Suites.Tests.Detection;
using SettingsText = Parity.Suites.Tests.Detection.SettingsText;

public sealed class PoseDecoderTests
{
    private static readonly Sample Sample = new("42", "42.jpg");

    /// <summary>The picture is twice as large as the input, and 4 input pixels further right.</summary>
    private static readonly Placement Halved = new(0.5, 0.5, 4, 0, 112, 128, 64, 64);

    [Fact]
    public void Yolov8_pose_holds_joints_in_channels_after_the_classes_in_input_pixels()
    {
        // One class, two joints: 4 + 1 + 6 channels of three boxes; box 1 scores.
        var values = new float[11 * 3];
        float[] box = [20, 24, 8, 16, 0.9f, 18, 17, 0.8f, 22, 31, 0.1f];
        for (int c = 0; c < 11; c++)
            values[c * 3 + 1] = box[c];
        DetectedPose pose = Decode("""{"kind": "yolov8-pose"}""", Tensor.Create(values, 1, 11, 3), 2).Single();
        pose.Box.Should().Be(new DetectedBox(24, 32, 16, 32, 0.9f, 0, 1), "(20 - 4 - 4) * 2, (24 - 8) * 2");
        pose.Joints.Should().Equal(new JointPoint(28, 34, 0.8f), new JointPoint(36, 62, 0.1f));
    }

    [Fact]
    public void Yolov8_pose_without_confidences_is_sure_of_every_joint()
    {
        float[] box = [20, 24, 8, 16, 0.9f, 18, 17, 22, 31];
        DetectedPose pose = Decode("""{"kind": "yolov8-pose", "joint-values": 2}""", Tensor.Create(box, 1, 9, 1), 2).Single();
        pose.Joints.Should().Equal(new JointPoint(28, 34, 1), new JointPoint(36, 62, 1));
    }

    [Fact]
    public void Yolo_pose_holds_joints_in_rows_after_the_classes_and_scores_by_objectness()
    {
        float[] row = [20, 24, 8, 16, 0.5f, 0.8f, 18, 17, 0, 22, 31, 2];
        DetectedPose pose = Decode("""{"kind": "yolo-pose", "apply-sigmoid": true}""", Tensor.Create(row, 1, 1, 12), 2).Single();
        pose.Box.Score.Should().Be(0.4f);
        pose.Joints[0].Should().Be(new JointPoint(28, 34, 0.5f), "the confidence is a logit");
        pose.Joints[1].Score.Should().BeApproximately(0.8808f, 1e-4f);
    }

    [Theory]
    [InlineData("interleaved", "cell", 52, 34)] // ((1.5 + 6) * 4 - 4) * 2 and (.25 + 4) * 4 * 2
    [InlineData("grouped", "cell", 52, 34)]
    [InlineData("interleaved", "yolo-pose", 60, 32)] // ((2 * 1.5 - .5 + 6) * 4 - 4) * 2 and (2 * .25 - .5 + 4) * 4 * 2
    public void Yolox_pose_joints_are_offsets_in_cells_of_the_boxs_grid(string order, string offset, float x, float y)
    {
        // Strides 8 and 4 of 64 x 64: 64 rows, then 256; row 64 + 4 * 16 + 6 is column 6, row 4 of stride 4.
        const int Columns = 12, Row = 64 + 4 * 16 + 6;
        var values = new float[320 * Columns];
        float[] interleaved = [0, 0, 0, 0, 1, 0.5f, 1.5f, 0.25f, 0.7f, 0, 0, 0.3f], grouped = [0, 0, 0, 0, 1, 0.5f, 1.5f, 0.25f, 0, 0, 0.7f, 0.3f];
        (order == "grouped" ? grouped : interleaved).CopyTo(values, Row * Columns);
        string settings = $$"""{"kind": "yolox-pose", "strides": [8, 4], "joints": "{{order}}", "joint-offset": "{{offset}}"}""";
        DetectedPose pose = Decode(settings, Tensor.Create(values, 1, 320, Columns), 2).Single();
        pose.Box.Candidate.Should().Be(Row);
        pose.Box.X.Should().Be(((6 * 4) - 2 - 4) * 2);
        pose.Joints[0].Should().Be(new JointPoint(x, y, 0.7f));
        pose.Joints[1].Score.Should().Be(0.3f);
    }

    [Fact]
    public void An_output_for_other_joints_is_refused_before_the_run()
    {
        var faults = new FaultList();
        PoseDecoder decoder = PoseDecoder.FromSettings(SettingsText.Parse("""{"kind": "yolov8-pose"}""", faults), 1, 17);
        decoder.Boxes.CheckOutputs([new TensorPort("o", ElementType.Float32, [1, 56, 8400])], 1, "m.onnx", faults);
        faults.Count.Should().Be(0, "COCO's seventeen joints make 4 + 1 + 51 channels");
        decoder.Boxes.CheckOutputs([new TensorPort("o", ElementType.Float32, [1, 84, 8400])], 1, "m.onnx", faults);
        faults.Count.Should().Be(1);
    }

    [Fact]
    public void A_joint_that_overflows_when_decoded_is_a_fault()
    {
        float[] row = [20, 24, 8, 16, 1, 1, 3e38f, 17, 1];
        FluentActions.Invoking(() => Decode("""{"kind": "yolo-pose"}""", Tensor.Create(row, 1, 1, 9), 1)).Should().Throw<FaultException>().WithMessage("*joint 0 of box 0*infinite*");
    }

    private static ImmutableArray<DetectedPose> Decode(string decoder, Tensor output, int joints)
    {
        var faults = new FaultList();
        PoseDecoder read = PoseDecoder.FromSettings(SettingsText.Parse(decoder, faults), 1, joints);
        faults.ThrowIfAny();
        var stage = new OneStage(read, 0.3f, 0.3f, false, new SelectionSettings(null, new TorchvisionSuppression(), new SuppressionSettings(0.5, true, null), null, false), [0]);
        return stage.Decode([new ModelRun(new Dictionary<string, Tensor> { ["o"] = output }, Halved)], Sample, explain: false).Poses;
    }
}
