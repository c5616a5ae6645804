using System.Collections.Immutable;

namespace Parity.Reports.Graphs;

/// <summary>
/// A graph without cycles laid out in rows, after Sugiyama, Tagawa and Toda (1981): rows by longest path, a bend in every row that an edge crosses, order within rows by
/// barycentres, then places near the mean of the neighbours.
/// </summary>
public sealed class LayeredLayout
{
    public const double BoxWidth = 176, BoxHeight = 46, RowGap = 34, Gap = 18, Margin = 16;

    private const double BendWidth = 14;
    private const int Sweeps = 6;

    private readonly List<List<int>> _above = [], _below = [];
    private readonly List<int> _row = [];
    private readonly List<double> _x = [];
    private readonly int _boxes;
    private readonly List<int[]> _paths = [];
    private readonly List<int>[] _rows;

    /// <param name="count">Boxes, numbered in topological order.</param>
    /// <param name="edges">From and to, each once, to greater than from.</param>
    public LayeredLayout(int count, IReadOnlyList<(int From, int To)> edges)
    {
        _boxes = count;
        for (int i = 0; i < count; i++)
            Add(0);
        foreach ((int from, int to) in edges.OrderBy(e => e.From))
            _row[to] = Math.Max(_row[to], _row[from] + 1);
        foreach ((int from, int to) in edges)
            _paths.Add(Path(from, to));
        _rows = [.. Enumerable.Range(0, count == 0 ? 0 : _row.Max() + 1).Select(_ => new List<int>())];
        for (int i = 0; i < _row.Count; i++)
            _rows[_row[i]].Add(i);
        Order();
        Place();
    }

    public double Width => _x.Count == 0 ? 0 : Enumerable.Range(0, _x.Count).Max(i => _x[i] + WidthOf(i) / 2) + Margin;

    public double Height => _rows.Length * (BoxHeight + RowGap) - RowGap + 2 * Margin;

    /// <summary>Upper left corner.</summary>
    public (double X, double Y) Box(int index) => (_x[index] - BoxWidth / 2, Top(index));

    /// <summary>Points of each edge, in the order in which they were given: from the lower side of a box to the upper side of the other.</summary>
    public ImmutableArray<ImmutableArray<(double X, double Y)>> Edges =>
        [.. _paths.Select(path => path.SelectMany((i, n) => n == 0 ? new[] { (_x[i], Top(i) + BoxHeight) } : n == path.Length - 1 ? [(_x[i], Top(i))] : [(_x[i], Top(i)), (_x[i], Top(i) + BoxHeight)]).ToImmutableArray())];

    private double Top(int index) => Margin + _row[index] * (BoxHeight + RowGap);

    private double WidthOf(int index) => index < _boxes ? BoxWidth : BendWidth;

    private int Add(int row)
    {
        _row.Add(row);
        _x.Add(0);
        _above.Add([]);
        _below.Add([]);
        return _row.Count - 1;
    }

    private int[] Path(int from, int to)
    {
        int[] path = [from, .. Enumerable.Range(_row[from] + 1, _row[to] - _row[from] - 1).Select(Add), to];
        foreach ((int upper, int lower) in path.Zip(path.Skip(1)))
        {
            _below[upper].Add(lower);
            _above[lower].Add(upper);
        }
        return path;
    }

    private void Order()
    {
        double[] rank = new double[_row.Count];
        void Number(List<int> row)
        {
            for (int i = 0; i < row.Count; i++)
                rank[row[i]] = i;
        }
        foreach (List<int> row in _rows)
            Number(row);
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            bool down = sweep % 2 == 0;
            foreach (int r in down ? Enumerable.Range(1, Math.Max(0, _rows.Length - 1)) : Enumerable.Range(0, Math.Max(0, _rows.Length - 1)).Reverse())
            {
                // OrderBy is stable: equals stay where they are.
                List<int> sorted = [.. _rows[r].OrderBy(i => Mean(down ? _above[i] : _below[i], rank) ?? rank[i])];
                _rows[r].Clear();
                _rows[r].AddRange(sorted);
                Number(sorted);
            }
        }
    }

    private void Place()
    {
        foreach (List<int> row in _rows)
            Spread(row, i => 0);
        for (int sweep = 0; sweep < 2 * Sweeps; sweep++)
        {
            foreach (List<int> row in sweep % 2 == 0 ? _rows : _rows.Reverse())
                Spread(row, i => Mean(sweep % 2 == 0 ? _above[i] : _below[i], _x) ?? _x[i]);
        }
        double left = _x.Count == 0 ? 0 : Enumerable.Range(0, _x.Count).Min(i => _x[i] - WidthOf(i) / 2);
        for (int i = 0; i < _x.Count; i++)
            _x[i] += Margin - left;
    }

    /// <summary>As near as possible to where each wants to be: the mean of pushing to the right and pushing to the left, both of which keep the distances.</summary>
    private void Spread(List<int> row, Func<int, double> wanted)
    {
        double[] right = [.. row.Select(wanted)], left = [.. right];
        for (int i = 1; i < row.Count; i++)
            right[i] = Math.Max(right[i], right[i - 1] + Distance(row[i - 1], row[i]));
        for (int i = row.Count - 2; i >= 0; i--)
            left[i] = Math.Min(left[i], left[i + 1] - Distance(row[i], row[i + 1]));
        for (int i = 0; i < row.Count; i++)
            _x[row[i]] = (right[i] + left[i]) / 2;
    }

    private double Distance(int a, int b) => (WidthOf(a) + WidthOf(b)) / 2 + Gap;

    private static double? Mean(List<int> near, IReadOnlyList<double> values) => near.Count == 0 ? null : near.Sum(i => values[i]) / near.Count;
}
