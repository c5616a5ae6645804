using System.Collections.Immutable;
using Parity.Core;
using Parity.Reports.Graphs;
using Parity.Reports.Quantizers;
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

    /// <summary>What to look at first: what the first finding names, else the quantizer that is worst by itself; null when neither is known.</summary>
    public SuspectPlace? Suspect =>
        (Findings ?? []).Select(f => (Finding: f, Url: Url(f))).FirstOrDefault(f => f.Url is not null) is { Finding: { } finding, Url: { } url }
            ? new SuspectPlace($"First finding, {finding.Rule}", (finding.Tensor ?? finding.Node)!, url)
        : Worst is { } worst ? new SuspectPlace("Worst quantizer by itself", worst.Node.Tensor, $"{NodesFile}#{worst.CardId}")
        : null;

    /// <summary>The activation quantizer with the lowest SQNR by itself.</summary>
    public NodePlace? Worst => NodePlace.WorstFirst(Map.Nodes).FirstOrDefault(p => p.Measured!.Tensor.SqnrDb is not null);

    /// <summary>What a finding names: the quantizer's entry, else the operator in the graph, else the layer; null when it names nothing that has a place.</summary>
    public string? Url(Finding finding) =>
        (finding.Tensor is { } tensor ? Map.NodeOf(tensor) : null) is { } node ? $"{NodesFile}#{node.CardId}"
        : (finding.Node is { } name ? Graph?.Named(name) : null) is { } box ? $"{GraphFile}#{box.Id}"
        : Map.LayerOf(finding.Tensor) is { } layer ? $"{File}#{layer.Id}"
        : null;

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
