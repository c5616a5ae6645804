using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>The outline of a target's model: operators that compute on data, without Q/DQ and without what only prepares constants.</summary>
/// <param name="Inputs">Tensors that are fed.</param>
/// <param name="Outputs">Tensors that the model returns.</param>
/// <param name="Nodes">In topological order.</param>
public sealed record GraphRecord(ImmutableArray<string> Inputs, ImmutableArray<string> Outputs, ImmutableArray<GraphNode> Nodes);

/// <param name="Name">In the names of the target's model; unique.</param>
/// <param name="OpType">Operators of other domains as <c>domain.type</c>.</param>
/// <param name="Inputs">Float tensors read, as they are before their Q/DQ; without constants.</param>
/// <param name="Outputs">Float tensors made.</param>
/// <param name="Macs">Multiply-accumulates; 0 where the operator has none, null where a shape is unknown.</param>
/// <param name="Precision">Of the data that it reads: the code's type behind a Q/DQ pair ("int8"), else the tensor's own ("float32"); "undefined" where inference left it open.</param>
public sealed record GraphNode(string Name, string OpType, ImmutableArray<string> Inputs, ImmutableArray<string> Outputs, long? Macs, string Precision);
