namespace Parity.Suites.Coco;

/// <summary>Text that is no JSON; its reader turns this into a fault with line and column.</summary>
/// <param name="offset">Bytes before the place.</param>
internal sealed class MalformedJsonException(string message, long offset) : Exception(message)
{
    public long Offset { get; } = offset;
}
