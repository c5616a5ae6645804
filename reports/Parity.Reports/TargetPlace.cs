using System.Collections.Immutable;
using Parity.Core;
using Parity.Reports.Graphs;
using Parity.Reports.Targets;

namespace Parity.Reports;

/// <summary>A target, its pages, and what was judged and found of it.</summary>
public sealed class TargetPlace
{
    private readonly string _name;

    /// <param name="slug">Begins with "target-".</param>
    /// <param name="findings">Null when no rule looked.</param>
    public TargetPlace(TargetRecord target, string slug, ImmutableArray<ClausePlace> clauses, ImmutableArray<Finding>? findings)
    {
        _name = slug["target-".Length..];
        Target = target;
        CardId = slug;
        Clauses = clauses;
        Findings = findings;
        Map = new TargetMap(target);
        Graph = target.Graph is { Nodes.Length: > 0 } graph ? new GraphDrawing(graph, Map) : null;
    }

    public TargetRecord Target { get; }

    /// <summary>Anchor of its card on the overview.</summary>
    public string CardId { get; }

    public ImmutableArray<ClausePlace> Clauses { get; }

    public ImmutableArray<Finding>? Findings { get; }

    public TargetMap Map { get; }

    /// <summary>Null when the record has no outline of the model.</summary>
    public GraphDrawing? Graph { get; }

    public string File => $"target-{_name}.html";

    public string NodesFile => $"nodes-{_name}.html";

    public string GraphFile => $"graph-{_name}.html";

    public string ImagesFile => $"images-{_name}.html";

    public bool HasNodes => !Map.Nodes.IsEmpty;

    public bool HasImages => !Map.Images.IsEmpty;

    public bool Owns(string file) => file == File || file == NodesFile || file == GraphFile || file == ImagesFile;

    public string? ImageUrl(string? sampleId) => Map.ImageId(sampleId) is { } id ? $"{ImagesFile}#{id}" : null;
}
