using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>Matches samples of one category, one after the other. Holds scratch memory: one instance a thread.</summary>
internal sealed class CategoryMatcher(CocoTruth truth, CocoDetections detections, IOverlap overlap, CocoParameters parameters)
{
    private readonly CellMatcher _cell = new(parameters);
    private readonly int[] _counted = new int[parameters.Areas.Length];
    private ulong[] _keys = [];
    private int[] _order = [];
    private double[] _overlaps = [];
    private CocoObject[] _objects = [];

    /// <param name="found">Indices of the category's detections by sample, then in file order.</param>
    /// <param name="objects">Indices of its objects by sample, then in file order.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public MatchRows Match(ReadOnlySpan<int> found, ReadOnlySpan<int> objects)
    {
        int limit = parameters.MaxDetections[^1];
        var rows = new MatchRows(parameters, found.Length);
        for (int d = 0, g = 0; d < found.Length || g < objects.Length;)
        {
            int sample = Math.Min(
                d < found.Length ? detections.Samples[found[d]] : int.MaxValue, g < objects.Length ? truth.Samples[objects[g]] : int.MaxValue);
            ReadOnlySpan<int> cellFound = found.Slice(d, Run(detections.Samples, found[d..], sample));
            ReadOnlySpan<int> cellObjects = objects.Slice(g, Run(truth.Samples, objects[g..], sample));
            (d, g) = (d + cellFound.Length, g + cellObjects.Length);
            Span<int> order = ByScore(cellFound);
            order = order[..Math.Min(order.Length, limit)];
            for (int rank = 0; rank < order.Length; rank++)
                rows.Add(detections.Scores[order[rank]], sample, rank, detections.Areas[order[rank]]);
            if (cellObjects.Length > 0)
                MatchCell(rows, sample, order, cellObjects);
        }
        return rows;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MatchCell(MatchRows rows, int sample, ReadOnlySpan<int> order, ReadOnlySpan<int> indices)
    {
        int cells = order.Length * indices.Length;
        if (_overlaps.Length < cells)
            _overlaps = new double[cells * 2];
        if (_objects.Length < indices.Length)
            _objects = new CocoObject[indices.Length * 2];
        for (int i = 0; i < indices.Length; i++)
            _objects[i] = truth.Objects[indices[i]];
        ReadOnlySpan<CocoObject> objects = _objects.AsSpan(0, indices.Length);
        Span<double> overlaps = _overlaps.AsSpan(0, cells);
        if (cells > 0)
            overlap.Fill(order, indices, _cell.Least, overlaps);
        _cell.Match(order.Length, overlaps, objects);
        for (int a = 0; a < _counted.Length; a++)
        {
            _counted[a] = 0;
            foreach (ref readonly CocoObject item in objects)
                _counted[a] += !item.IsIgnored && parameters.Areas[a].Contains(item.Area) ? 1 : 0;
        }
        rows.AddMatches(sample, order.Length, _cell.Hits, _cell.Ignored, _counted);
    }

    /// <summary>The cell's detections, highest score first and equal ones in file order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Span<int> ByScore(ReadOnlySpan<int> found)
    {
        if (_keys.Length < found.Length)
            (_keys, _order) = (new ulong[found.Length * 2], new int[found.Length * 2]);
        Span<ulong> keys = _keys.AsSpan(0, found.Length);
        Span<int> order = _order.AsSpan(0, found.Length);
        for (int i = 0; i < found.Length; i++)
            (keys[i], order[i]) = (ScoreOrder.Key(detections.Scores[found[i]]), found[i]);
        ScoreOrder.Sort(keys, order);
        return order;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Run(int[] sampleOf, ReadOnlySpan<int> indices, int sample)
    {
        int length = 0;
        while (length < indices.Length && sampleOf[indices[length]] == sample)
            length++;
        return length;
    }
}
