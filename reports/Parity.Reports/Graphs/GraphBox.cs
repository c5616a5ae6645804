using Parity.Core;
using Parity.Reports.Layers;
using Parity.Reports.Quantizers;

namespace Parity.Reports.Graphs;

/// <summary>An operator of the graph and what was measured of what it makes.</summary>
/// <param name="Id">Anchor on the graph's page.</param>
/// <param name="X">Upper left corner.</param>
/// <param name="Layer">The divergence of its output; null where none was measured.</param>
/// <param name="Quantizer">The Q/DQ pair behind it; null where none follows.</param>
public sealed record GraphBox(string Id, GraphNode Node, double X, double Y, LayerPlace? Layer, NodePlace? Quantizer);
