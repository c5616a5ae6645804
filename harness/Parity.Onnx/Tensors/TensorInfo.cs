using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Onnx;

/// <summary>What a file declares of a tensor.</summary>
/// <param name="Type">Undefined when the file does not say, or for sequences and the like.</param>
/// <param name="Shape">Extents, -1 where open; null when even the rank is open.</param>
public sealed record TensorInfo(string Name, TensorType Type, ImmutableArray<int>? Shape)
{
    /// <exception cref="FaultException">The element type has no <see cref="ElementType"/>, or the rank is unknown.</exception>
    public TensorPort ToPort()
    {
        if (TensorTypes.Unpacked(Type) is not { } type || TensorTypes.Of(type) != Type)
            throw new FaultException($"its element type {Type} cannot be fed or read", $"tensor {Name}", "Declare a float, integer or bool tensor.");
        if (Shape is not { } shape)
            throw new FaultException("its rank is not declared", $"tensor {Name}", "Declare its shape in the model; open extents may stay open.");
        return new TensorPort(Name, type, shape);
    }
}
