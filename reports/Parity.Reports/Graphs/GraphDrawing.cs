using System.Collections.Immutable;
using System.Text;
using Parity.Core;
using Parity.Reports.Targets;

namespace Parity.Reports.Graphs;

/// <summary>A target's model as boxes and lines. Operators on the model's input stand in the first row.</summary>
public sealed class GraphDrawing
{
    private readonly ImmutableDictionary<string, GraphBox> _byName;
    private readonly ImmutableDictionary<string, GraphBox> _byTensor;

    public GraphDrawing(GraphRecord graph, TargetMap map)
    {
        var makers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            foreach (string output in graph.Nodes[i].Outputs)
                makers[output] = i;
        }
        // A record whose nodes are not in order must not make a line that goes up.
        (int From, int To)[] edges = [.. graph.Nodes.SelectMany((node, to) => node.Inputs.Where(makers.ContainsKey).Select(t => (makers[t], to))).Where(e => e.Item1 < e.to).Distinct()];
        var layout = new LayeredLayout(graph.Nodes.Length, edges);
        var slugs = new Slugs();
        Boxes =
        [
            .. graph.Nodes.Select((node, i) =>
            {
                (double x, double y) = layout.Box(i);
                return new GraphBox(
                    slugs.Unique(node.Name, "op-"), node, x, y,
                    node.Outputs.Select(map.LayerAt).FirstOrDefault(l => l is not null), node.Outputs.Select(map.NodeOf).FirstOrDefault(n => n is not null));
            }),
        ];
        Width = layout.Width;
        Height = layout.Height;
        Lines = Path(layout);
        _byName = Boxes.GroupBy(b => b.Node.Name, StringComparer.Ordinal).ToImmutableDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        _byTensor = makers.ToImmutableDictionary(m => m.Key, m => Boxes[m.Value], StringComparer.Ordinal);
    }

    public ImmutableArray<GraphBox> Boxes { get; }

    public double Width { get; }

    public double Height { get; }

    /// <summary>All edges as one SVG path.</summary>
    public string Lines { get; }

    public GraphBox? Named(string node) => _byName.GetValueOrDefault(node);

    public GraphBox? MakerOf(string tensor) => _byTensor.GetValueOrDefault(tensor);

    private static string Path(LayeredLayout layout)
    {
        var path = new StringBuilder();
        foreach (ImmutableArray<(double X, double Y)> points in layout.Edges)
        {
            path.Append($"M{C(points[0].X)} {C(points[0].Y)}");
            for (int i = 1; i < points.Length; i++)
            {
                double bend = (points[i].Y - points[i - 1].Y) / 2;
                path.Append(points[i].X == points[i - 1].X
                    ? $"V{C(points[i].Y)}"
                    : $"C{C(points[i - 1].X)} {C(points[i - 1].Y + bend)} {C(points[i].X)} {C(points[i].Y - bend)} {C(points[i].X)} {C(points[i].Y)}");
            }
        }
        return path.ToString();
    }

    private static string C(double value) => NumberText.Coordinate(value);
}
