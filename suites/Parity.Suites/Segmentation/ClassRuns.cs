using System.Collections.Immutable;
using Parity.Suites.Imaging;

namespace Parity.Suites.Segmentation;

/// <summary>A class map as runs over rows: class, length, class, length, ... A mask of a person takes some thousand numbers instead of a megabyte.</summary>
public static class ClassRuns
{
    public static ImmutableArray<int> Of(ReadOnlySpan<byte> classes)
    {
        var runs = ImmutableArray.CreateBuilder<int>();
        for (int start = 0; start < classes.Length;)
        {
            int length = classes[start..].IndexOfAnyExcept(classes[start]);
            length = length < 0 ? classes.Length - start : length;
            runs.Add(classes[start]);
            runs.Add(length);
            start += length;
        }
        return runs.DrainToImmutable();
    }

    /// <exception cref="FormatException">The runs do not fill the map, or name a class that is not there.</exception>
    public static LabelMap ToMap(ImmutableArray<int> runs, int width, int height, int classes)
    {
        var values = new byte[checked(width * height)];
        int position = 0;
        for (int i = 0; i + 1 < runs.Length; i += 2)
        {
            if (runs[i] < 0 || runs[i] >= classes)
                throw new FormatException($"class {runs[i]} of {classes}");
            if (runs[i + 1] <= 0 || runs[i + 1] > values.Length - position)
                throw new FormatException($"a run of {runs[i + 1]} pixels at {position} of {values.Length}");
            values.AsSpan(position, runs[i + 1]).Fill((byte)runs[i]);
            position += runs[i + 1];
        }
        if (position != values.Length || runs.Length % 2 != 0)
            throw new FormatException($"{position} of {values.Length} pixels in {runs.Length} numbers");
        return new LabelMap(width, height, values);
    }

    /// <summary>Run lengths of the pixels that <paramref name="marked"/> holds for, starting with a run of others, in the order given.</summary>
    public static ImmutableArray<int> Mask(int count, Func<int, bool> marked)
    {
        var lengths = ImmutableArray.CreateBuilder<int>();
        bool inside = false;
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            if (marked(i) == inside)
                continue;
            lengths.Add(i - start);
            (start, inside) = (i, !inside);
        }
        lengths.Add(count - start);
        return lengths.DrainToImmutable();
    }
}
