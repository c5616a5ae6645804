namespace Parity.Suites.Coco;

/// <summary>Overlap of masks in memory as COCO's <c>rleIou</c>, as <see cref="MaskOverlap"/> has it of masks in files.</summary>
/// <param name="objects">A crowd is measured by the detection's own area.</param>
internal sealed class StoredMaskOverlap(MaskRuns[] detections, MaskRuns[] truths, CocoObject[] objects) : IOverlap
{
    public IOverlap Fork() => this;

    public void Fill(ReadOnlySpan<int> detectionIndices, ReadOnlySpan<int> truthIndices, double least, Span<double> overlaps)
    {
        var masks = new Mask[truthIndices.Length];
        for (int g = 0; g < masks.Length; g++)
            masks[g] = truths[truthIndices[g]].ToMask();
        int at = 0;
        foreach (int d in detectionIndices)
        {
            Mask detection = detections[d].ToMask();
            for (int g = 0; g < masks.Length; g++)
            {
                long shared = Mask.Shared(detection, masks[g]);
                long union = objects[truthIndices[g]].IsCrowd ? detection.Area : detection.Area + masks[g].Area - shared;
                overlaps[at++] = shared == 0 ? 0 : (double)shared / union;
            }
        }
    }
}
