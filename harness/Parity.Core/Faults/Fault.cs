namespace Parity.Core;

/// <summary>One thing wrong with an input.</summary>
/// <param name="What">What is wrong, with the value that is wrong.</param>
/// <param name="Where">File, line or key, sample, tensor: enough to go there.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Fault(string What, string Where, string Remedy)
{
    public override string ToString() => $"{Where}: {What}. {Remedy}";
}
