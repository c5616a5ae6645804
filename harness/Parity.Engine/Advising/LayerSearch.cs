using System.Collections.Immutable;

namespace Parity.Engine.Advising;

/// <summary>
/// Looks for the cheapest set of layers that passes: grows it by the layer that takes away most error for its price, then drops whatever it can do without. The error is cheap and
/// guides, the test is dear and decides.
/// </summary>
/// <param name="prices">Of each layer, above 0.</param>
/// <param name="error">Of a set of layers in float, by index; smaller is better.</param>
/// <param name="passes">Whether a set of layers is enough.</param>
public sealed class LayerSearch(ImmutableArray<double> prices, Func<ImmutableSortedSet<int>, double> error, Func<ImmutableSortedSet<int>, bool> passes)
{
    /// <summary>Candidates whose gain is computed anew at each step: gains of the last step order them, and change little.</summary>
    private const int Looked = 6;

    /// <param name="candidates">Layers to choose from.</param>
    /// <returns>Null when not even all candidates together pass.</returns>
    public ImmutableSortedSet<int>? Find(ImmutableArray<int> candidates)
    {
        var chosen = ImmutableSortedSet<int>.Empty;
        if (passes(chosen))
            return chosen;
        if (!passes([.. candidates]))
            return null;
        double left = error(chosen);
        ImmutableDictionary<int, double> alone = candidates.ToImmutableDictionary(c => c, c => left - error(chosen.Add(c)));
        var gains = new Dictionary<int, double>(alone);
        bool enough = false;
        while (!enough && gains.Count > 0)
        {
            int[] looked = [.. gains.OrderByDescending(g => g.Value / prices[g.Key]).ThenBy(g => g.Key).Take(Looked).Select(g => g.Key)];
            foreach (int candidate in looked)
                gains[candidate] = left - error(chosen.Add(candidate));
            int best = looked.MaxBy(c => gains[c] / prices[c]);
            left -= gains[best];
            gains.Remove(best);
            chosen = chosen.Add(best);
            enough = passes(chosen);
        }
        return Merged(Thinned(chosen), alone);
    }

    /// <summary>Without each layer that the others can do without, the dearest first.</summary>
    private ImmutableSortedSet<int> Thinned(ImmutableSortedSet<int> chosen)
    {
        foreach (int layer in chosen.OrderByDescending(c => prices[c]).ThenByDescending(c => c).ToList())
            if (chosen.Count > 1 && passes(chosen.Remove(layer)))
                chosen = chosen.Remove(layer);
        return chosen;
    }

    /// <summary>One other layer for two of the set, where that is no dearer and by itself gains as much as the two: what several cheap layers did, one may do.</summary>
    /// <param name="gains">Of each candidate by itself.</param>
    private ImmutableSortedSet<int> Merged(ImmutableSortedSet<int> chosen, IReadOnlyDictionary<int, double> gains)
    {
        while (true)
        {
            ImmutableSortedSet<int>[] smaller =
            [
                .. from first in chosen
                   from second in chosen
                   where first < second
                   from other in gains.Keys
                   where !chosen.Contains(other) && prices[other] <= prices[first] + prices[second]
                   let gained = gains[other] - gains[first] - gains[second]
                   where gained >= 0
                   orderby gained descending, first, second, other
                   select chosen.Remove(first).Remove(second).Add(other),
            ];
            if (smaller.Take(Looked).FirstOrDefault(passes) is not { } found)
                return chosen;
            chosen = found;
        }
    }
}
