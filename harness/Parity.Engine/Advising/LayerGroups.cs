using System.Collections.Immutable;

namespace Parity.Engine.Advising;

/// <summary>Which layers are looked at one by one. Of a long model most harm nothing, and neighbours that harm little together need not be told apart.</summary>
public static class LayerGroups
{
    /// <summary>Up to so many layers each is looked at by itself.</summary>
    public const int LongModel = 128;

    private const int Most = 32, OneByOne = 64;

    /// <param name="layers">How many the model has.</param>
    /// <param name="harm">Of a group; asked for at most <see cref="Most"/> times, and never of a model that is not long.</param>
    /// <returns>Every layer in one group, in the order of the graph: alone where its group harms most, else with its neighbours.</returns>
    public static ImmutableArray<ImmutableSortedSet<int>> Of(int layers, Func<ImmutableSortedSet<int>, double> harm)
    {
        int size = layers <= LongModel ? 1 : (layers + Most - 1) / Most;
        ImmutableSortedSet<int>[] groups = [.. Enumerable.Range(0, layers).Chunk(size).Select(c => c.ToImmutableSortedSet())];
        if (size == 1)
            return [.. groups];
        var apart = groups.OrderByDescending(harm).Take(Math.Max(1, OneByOne / size)).ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. groups.SelectMany(group => apart.Contains(group) ? group.Select(i => ImmutableSortedSet.Create(i)) : [group])];
    }
}
