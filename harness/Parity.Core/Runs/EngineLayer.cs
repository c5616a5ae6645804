using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>A layer of a built engine, as its builder reports it.</summary>
/// <param name="Precision">"int8", "float16", "bfloat16", "float8" or "float32"; else as the builder says.</param>
/// <param name="Nodes">Operators of the model that it computes.</param>
public sealed record EngineLayer(string Name, string Precision, ImmutableArray<string> Nodes);
