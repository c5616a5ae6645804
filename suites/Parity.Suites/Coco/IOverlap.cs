namespace Parity.Suites.Coco;

/// <summary>How well detections lie on objects: intersection over union of boxes or masks, or keypoint similarity.</summary>
public interface IOverlap
{
    /// <param name="detections">Indices of detections.</param>
    /// <param name="truths">Indices of objects of the same sample and category.</param>
    /// <param name="least">Nothing matches below: an overlap that cannot reach it may be given as 0.</param>
    /// <param name="overlaps">Receives [detections, truths], 0 to 1.</param>
    void Fill(ReadOnlySpan<int> detections, ReadOnlySpan<int> truths, double least, Span<double> overlaps);

    /// <summary>The same with scratch memory of its own, for another thread.</summary>
    IOverlap Fork();
}
