using System.Collections.Immutable;

namespace Parity.Core;

/// <param name="Shape">Extents; -1 where the model leaves them open.</param>
public sealed record TensorPort(string Name, ElementType Type, ImmutableArray<int> Shape)
{
    public override string ToString() => $"{Name} {Type} [{string.Join(',', Shape.Select(d => d < 0 ? "?" : d.ToString()))}]";
}
