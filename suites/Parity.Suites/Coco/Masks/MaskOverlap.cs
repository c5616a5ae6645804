using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>Overlap of masks as COCO's <c>rleIou</c>. Masks are read from the files when a pair needs them, so that no dataset of masks is ever in memory.</summary>
/// <param name="samples">Sample of each object.</param>
internal sealed class MaskOverlap(
    MappedFile detectionFile, long[] detections, MappedFile truthFile, long[] truths, CocoObject[] objects, int[] samples, int[] heights, int[] widths) : IOverlap
{
    private readonly MaskReader _detectionReader = new(detectionFile), _truthReader = new(truthFile);
    private readonly List<Mask> _truthMasks = [];
    private readonly Mask _detection = new();

    public IOverlap Fork() => new MaskOverlap(detectionFile, detections, truthFile, truths, objects, samples, heights, widths);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(ReadOnlySpan<int> detectionIndices, ReadOnlySpan<int> truthIndices, double least, Span<double> overlaps)
    {
        int sample = samples[truthIndices[0]], height = heights[sample], width = widths[sample];
        while (_truthMasks.Count < truthIndices.Length)
            _truthMasks.Add(new Mask());
        for (int g = 0; g < truthIndices.Length; g++)
            _truthReader.Read(truths[truthIndices[g]], height, width, _truthMasks[g]);
        int at = 0;
        foreach (int d in detectionIndices)
        {
            _detectionReader.Read(detections[d], height, width, _detection);
            for (int g = 0; g < truthIndices.Length; g++)
            {
                Mask truth = _truthMasks[g];
                long shared = Mask.Shared(_detection, truth);
                long union = objects[truthIndices[g]].IsCrowd ? _detection.Area : _detection.Area + truth.Area - shared;
                overlaps[at++] = shared == 0 ? 0 : (double)shared / union;
            }
        }
    }
}
