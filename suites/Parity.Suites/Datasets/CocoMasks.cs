using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Coco;

namespace Parity.Suites.Datasets;

/// <summary>The masks of a COCO file: <c>segmentation</c> of the annotations, polygons or run lengths, drawn when they are asked for.</summary>
internal static class CocoMasks
{
    /// <summary>Whether the annotation has a <c>segmentation</c>.</summary>
    public static bool Has(CocoContent content, CocoAnnotation annotation)
    {
        using var file = new MappedFile(content.Path);
        return Find(file, annotation) >= 0;
    }

    /// <exception cref="FaultException">A mask is missing, malformed or of another size than its picture.</exception>
    public static ImmutableArray<MaskRuns> Of(CocoContent content, CocoImage image, ImmutableArray<CocoAnnotation> annotations)
    {
        using var file = new MappedFile(content.Path);
        var reader = new MaskReader(file);
        var mask = new Mask();
        var masks = ImmutableArray.CreateBuilder<MaskRuns>(annotations.Length);
        foreach (CocoAnnotation annotation in annotations)
        {
            long offset = Find(file, annotation);
            if (offset < 0)
                throw new FaultException("the annotation has no 'segmentation'", $"{content.Path}, annotations (id {annotation.Id})", "Add the mask, or take the annotation out.");
            reader.Read(offset, image.Height, image.Width, mask);
            masks.Add(MaskRuns.Of(mask, image.Width, image.Height));
        }
        return masks.MoveToImmutable();
    }

    /// <summary>Byte at which the value of <c>segmentation</c> begins; -1 where there is none.</summary>
    private static long Find(MappedFile file, CocoAnnotation annotation)
    {
        JsonScanner json = file.ScanFrom(annotation.Json.Offset);
        json.Begin('{');
        while (json.NextField(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("segmentation"u8))
            {
                json.Peek();
                return json.Offset;
            }
            json.Skip();
        }
        return -1;
    }
}
