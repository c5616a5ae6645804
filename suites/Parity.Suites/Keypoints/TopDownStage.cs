using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>A run for each person's box, cut out with its surroundings; a heatmap a joint.</summary>
/// <remarks>As HRNet's test code: the box is widened by <paramref name="padding"/>, and to the input's proportions; an instance scores its box's score times the mean of its joints' scores above .2.</remarks>
/// <param name="boxesOf">Boxes of a sample, with scores, in pixels of the picture.</param>
/// <param name="padding">1.25 in the usual code.</param>
public sealed class TopDownStage(HeatmapDecoder decoder, Func<string, ImmutableArray<DetectedBox>> boxesOf, int joints, double padding) : IPoseStage
{
    private const float LeastJointScore = 0.2f;

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, string model, FaultList faults) => decoder.CheckOutputs(outputs, joints, model, faults);

    public ImmutableArray<PictureRegion>? Regions(Sample sample) => [.. boxesOf(sample.Id).Select(Region)];

    public PosePrediction Decode(ImmutableArray<ModelRun> runs, Sample sample, bool explain)
    {
        ImmutableArray<DetectedBox> boxes = boxesOf(sample.Id);
        if (boxes.Length != runs.Length)
            throw new ArgumentException($"{runs.Length} runs for {boxes.Length} boxes");
        var poses = new DetectedPose[boxes.Length];
        for (int i = 0; i < poses.Length; i++)
        {
            ImmutableArray<JointPoint> points = decoder.Decode(runs[i], sample, joints);
            ImmutableArray<float> sure = [.. points.Select(p => p.Score).Where(s => s > LeastJointScore)];
            float mean = sure.IsEmpty ? 0 : sure.Sum() / sure.Length;
            poses[i] = new DetectedPose(boxes[i] with { Score = boxes[i].Score * mean, Candidate = i }, points);
        }
        var counts = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("boxes", boxes.Length), KeyValuePair.Create("kept", boxes.Length)]);
        return new PosePrediction(sample.Id, [.. poses.OrderByDescending(p => p.Box.Score)], counts);
    }

    /// <summary>Both have the boxes they were given: none is lost or extra.</summary>
    public PredictionComparison Compare(PosePrediction reference, PosePrediction target, ImmutableArray<BoxCategory> categories) =>
        new([], ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("matched", target.Poses.Length), KeyValuePair.Create("lost", 0), KeyValuePair.Create("extra", 0)]));

    /// <summary>At least a pixel wide, so that an empty box is still a place.</summary>
    private PictureRegion Region(DetectedBox box) => new(
        box.X + box.Width * 0.5, box.Y + box.Height * 0.5, Math.Max(box.Width * padding, 1), Math.Max(box.Height * padding, 1));
}
