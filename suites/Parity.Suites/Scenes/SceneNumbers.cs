using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Parity.Core;

namespace Parity.Suites.Scenes;

/// <summary>Scenes <c>First</c> .. <c>First + count - 1</c> of a seed as samples.</summary>
internal sealed class SceneNumbers
{
    private readonly FrozenDictionary<string, int> _indexes;

    /// <param name="kind">Of content, with the version of what draws it: part of <see cref="Sha256"/>.</param>
    public SceneNumbers(string kind, int seed, int first, int count, int side)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        (Seed, First, Side) = (seed, first, side);
        string content = kind.Split(' ')[0];
        Samples = [.. Enumerable.Range(first, count).Select(i => new Sample(Text(i), $"scene {Text(seed)}/{Text(i)}"))];
        _indexes = Enumerable.Range(0, count).ToFrozenDictionary(i => Samples[i].Id, i => i, StringComparer.Ordinal);
        Sha256 = Hex(Encoding.UTF8.GetBytes($"{kind} {Text(seed)} {Text(first)} {Text(count)} {Text(side)}"));
        Name = $"{content} {Text(seed)}/{Text(first)}+{Text(count)}";
    }

    public string Name { get; }

    public int Seed { get; }

    public int First { get; }

    public int Side { get; }

    public ImmutableArray<Sample> Samples { get; }

    public string Sha256 { get; }

    /// <summary>Position of a sample among <see cref="Samples"/>.</summary>
    /// <exception cref="FaultException">There is no such sample.</exception>
    public int IndexOf(string id) => _indexes.TryGetValue(id, out int index)
        ? index
        : throw new FaultException($"sample '{id}' is not part of it", Name, $"Ask for samples {First} to {First + Samples.Length - 1}.");

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
