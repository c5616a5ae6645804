using System.Collections.Immutable;

namespace Parity.Engine.Advising;

/// <summary>
/// Looks for the cheapest set of layers that passes: layers are ordered by what they harm for their price, the shortest beginning of that order that passes is halved out, and whatever
/// it can do without is dropped. The harm is cheap and guides, the test is dear and decides.
/// </summary>
/// <param name="prices">Of each layer, above 0.</param>
/// <param name="harm">Of each layer; larger is worse.</param>
/// <param name="passes">Whether a set of layers is enough.</param>
public sealed class LayerSearch(ImmutableArray<double> prices, ImmutableArray<double> harm, Func<ImmutableSortedSet<int>, bool> passes)
{
    /// <summary>Sets that are tried to do with one layer less.</summary>
    private const int Looked = 6;

    /// <returns>Null when not even all layers together pass.</returns>
    public ImmutableSortedSet<int>? Find(ImmutableArray<int> candidates)
    {
        ImmutableArray<int> order = [.. candidates.OrderByDescending(c => harm[c] / prices[c]).ThenBy(c => c)];
        int failing = -1, passing = 0;
        while (!passes(First(passing)))
        {
            if (passing == order.Length)
                return null;
            (failing, passing) = (passing, Math.Min(order.Length, Math.Max(1, 2 * passing)));
        }
        while (passing - failing > 1)
        {
            int middle = (passing + failing) / 2;
            if (passes(First(middle)))
                passing = middle;
            else
                failing = middle;
        }
        return passing == 0 ? [] : Merged(Thinned(First(passing)), candidates);

        ImmutableSortedSet<int> First(int count) => [.. order.Take(count)];
    }

    /// <summary>Without the layers that the others can do without, the dearest first: many at once, then ever fewer, in the end each.</summary>
    private ImmutableSortedSet<int> Thinned(ImmutableSortedSet<int> chosen)
    {
        for (int size = Math.Max(1, chosen.Count / 2); size > 0; size /= 2)
            foreach (int[] layers in chosen.OrderByDescending(c => prices[c]).ThenByDescending(c => c).Chunk(size).ToList())
                if (layers.Length < chosen.Count && passes(chosen.Except(layers)))
                    chosen = chosen.Except(layers);
        return chosen;
    }

    /// <summary>One other layer for two of the set, where that is no dearer and harms as much as the two: what several cheap layers did, one may do.</summary>
    private ImmutableSortedSet<int> Merged(ImmutableSortedSet<int> chosen, ImmutableArray<int> candidates)
    {
        while (true)
        {
            ImmutableSortedSet<int>[] smaller =
            [
                .. from first in chosen
                   from second in chosen
                   where first < second
                   from other in candidates
                   where !chosen.Contains(other) && prices[other] <= prices[first] + prices[second]
                   let more = harm[other] - harm[first] - harm[second]
                   where more >= 0
                   orderby more descending, first, second, other
                   select chosen.Remove(first).Remove(second).Add(other),
            ];
            if (smaller.Take(Looked).FirstOrDefault(passes) is not { } found)
                return chosen;
            chosen = found;
        }
    }
}
