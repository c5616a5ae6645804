using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>Overlap of masks as COCO's <c>rleIou</c>. Masks are read from the files when a pair needs them, so that no dataset of masks is ever in memory.</summary>
/// <param name="samples">Sample of each object.</param>
internal sealed class MaskOverlap(
    MappedFile detectionFile, long[] detections, MaskExtent[] extents, MappedFile truthFile, long[] truths, CocoObject[] objects, int[] samples, int[] heights, int[] widths) : IOverlap
{
    private readonly MaskReader _detectionReader = new(detectionFile), _truthReader = new(truthFile);
    private readonly List<Mask> _truthMasks = [];
    private readonly Mask _detection = new();

    public IOverlap Fork() => new MaskOverlap(detectionFile, detections, extents, truthFile, truths, objects, samples, heights, widths);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(ReadOnlySpan<int> detectionIndices, ReadOnlySpan<int> truthIndices, double least, Span<double> overlaps)
    {
        int sample = samples[truthIndices[0]], height = heights[sample], width = widths[sample];
        while (_truthMasks.Count < truthIndices.Length)
            _truthMasks.Add(new Mask());
        for (int g = 0; g < truthIndices.Length; g++)
            _truthReader.Read(truths[truthIndices[g]], height, width, _truthMasks[g]);
        for (int d = 0; d < detectionIndices.Length; d++)
        {
            ref readonly MaskExtent extent = ref extents[detectionIndices[d]];
            Span<double> row = overlaps.Slice(d * truthIndices.Length, truthIndices.Length);
            // A mask of another size than its image is for the reader to refuse.
            bool known = extent.Area >= 0 && (extent.Height, extent.Width) == (height, width), drawn = false;
            for (int g = 0; g < row.Length; g++)
            {
                Mask truth = _truthMasks[g];
                bool isCrowd = objects[truthIndices[g]].IsCrowd;
                if (known && Share(extent.MostShared(truth), extent.Area, truth.Area, isCrowd) < least)
                {
                    row[g] = 0;
                    continue;
                }
                if (!drawn)
                    _detectionReader.Read(detections[detectionIndices[d]], height, width, _detection);
                drawn = true;
                row[g] = Share(Mask.Shared(_detection, truth), _detection.Area, truth.Area, isCrowd);
            }
        }
    }

    /// <summary>Never falls as the shared pixels grow, also not by rounding.</summary>
    private static double Share(long shared, long own, long truth, bool isCrowd) => shared == 0 ? 0 : (double)shared / (isCrowd ? own : own + truth - shared);
}
