using System.Collections.Immutable;
using Parity.Core;
using Parity.Reports.Images;
using Parity.Reports.Layers;
using Parity.Reports.Quantizers;

namespace Parity.Reports.Targets;

/// <summary>Where each layer, quantizer and image stands on a target's pages, so that its pages link to one another.</summary>
public sealed class TargetMap
{
    private readonly ImmutableDictionary<string, LayerPlace> _layers;
    private readonly ImmutableDictionary<string, LayerPlace> _layersOnTarget;
    private readonly ImmutableDictionary<string, NodePlace> _nodes;
    private readonly ImmutableDictionary<string, string> _images;

    public TargetMap(TargetRecord target)
    {
        var slugs = new Slugs();
        Images = [.. target.Images.Select(image => new ImagePlace(slugs.Unique(image.SampleId, "image-"), image))];
        var errors = (target.Probe?.Errors ?? []).ToDictionary(e => (e.Reference, e.Target));
        Layers = [.. (target.Probe?.Layers ?? []).Select((layer, index) =>
            new LayerPlace(index + 1, layer, slugs.Unique(layer.Reference, "layer-"), errors.GetValueOrDefault((layer.Reference, layer.Target))))];
        Nodes = NodePlace.Of(target, slugs);
        _layers = Layers.GroupBy(p => p.Layer.Reference, StringComparer.Ordinal).ToImmutableDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        _layersOnTarget = Layers.GroupBy(p => p.Layer.Target, StringComparer.Ordinal).ToImmutableDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        _nodes = Nodes.SelectMany(n => new[] { n.Node.Tensor, n.Node.Source }.OfType<string>().Distinct(StringComparer.Ordinal).Select(t => (Tensor: t, Node: n)))
            .GroupBy(n => n.Tensor, StringComparer.Ordinal).ToImmutableDictionary(g => g.Key, g => g.First().Node, StringComparer.Ordinal);
        _images = Images.GroupBy(p => p.Image.SampleId, StringComparer.Ordinal).ToImmutableDictionary(g => g.Key, g => g.First().Id, StringComparer.Ordinal);
    }

    /// <summary>In the order of the reference's graph.</summary>
    public ImmutableArray<LayerPlace> Layers { get; }

    /// <summary>In the order of the lowered graph.</summary>
    public ImmutableArray<NodePlace> Nodes { get; }

    public ImmutableArray<ImagePlace> Images { get; }

    /// <summary>The layer of a float tensor; null when it was not compared.</summary>
    public LayerPlace? LayerOf(string? tensor) => tensor is null ? null : _layers.GetValueOrDefault(tensor);

    /// <summary>The layer whose values a tensor of the target's model has; null when there is none.</summary>
    public LayerPlace? LayerAt(string tensor) => _layersOnTarget.GetValueOrDefault(tensor) ?? LayerOf(tensor);

    /// <summary>The Q/DQ pair that quantizes a tensor, named as in either model; null when none does.</summary>
    public NodePlace? NodeOf(string tensor) => _nodes.GetValueOrDefault(tensor);

    /// <summary>Anchor of an image that the page shows.</summary>
    public string? ImageId(string? sampleId) => sampleId is null ? null : _images.GetValueOrDefault(sampleId);
}
