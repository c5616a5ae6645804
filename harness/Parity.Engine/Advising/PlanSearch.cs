using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Measuring;
using Parity.Lowering;

namespace Parity.Engine.Advising;

/// <summary>Layers of a target by the precision they are given instead of its usual one.</summary>
public sealed record LayerChoice(ImmutableSortedSet<int> Float, ImmutableSortedSet<int> Half, ImmutableSortedSet<int> Int16);

/// <summary>From sensitivities to the cheapest plan that reaches the goal on the searched samples.</summary>
public sealed class PlanSearch(LayerSwitches switches, Goal goal, IRunObserver observer)
{
    /// <summary>What a layer in another precision costs beyond its arithmetic, the model being 1: its neighbours convert to and fro.</summary>
    private const double Switching = 0.005;

    /// <returns>Null when the goal is not reached with every layer in float.</returns>
    public LayerChoice? Find(ImmutableArray<SensitivityRecord> layers)
    {
        observer.Begin("search", 0);
        return Among(layers, [.. switches.All]) is { } found ? Cheaper(found) : null;
    }

    /// <summary>The cheapest set of layers in float that is found among some: layers that harm by themselves come first in one search, layers without which the rest harms less in another.</summary>
    public ImmutableSortedSet<int>? Among(ImmutableArray<SensitivityRecord> layers, ImmutableArray<int> candidates)
    {
        ImmutableArray<double> prices = [.. layers.Select(l => Math.Max(0, l.Cost ?? 0) + Switching)];
        double asIs = switches.Error([]);
        ImmutableArray<double> only = [.. layers.Select(l => l.OnlyThisError / l.Together)], allBut = [.. layers.Select(l => (asIs - l.AllButThisError) / l.Together)];
        return new[] { only, allBut }.Select(harm => new LayerSearch(prices, harm, Passes).Find(candidates)).OfType<ImmutableSortedSet<int>>()
            .MinBy(found => found.Sum(l => prices[l]));
    }

    public bool Passes(ImmutableSortedSet<int> inFloat) => goal.IsMet(switches.Drops(inFloat));

    /// <summary>Layers in float get a cheaper precision where the goal stays reached: all of them at once, else those that bear it.</summary>
    private LayerChoice Cheaper(ImmutableSortedSet<int> inFloat)
    {
        var choice = new LayerChoice(inFloat, [], []);
        foreach (var (exists, move) in new (bool, Func<LayerChoice, ImmutableSortedSet<int>, LayerChoice>)[]
        {
            (switches.Prepared.Profile.Quantization!.Int16 is not null, (c, layers) => c with { Float = c.Float.Except(layers), Int16 = c.Int16.Union(layers) }),
            (switches.Prepared.Profile.Float == FloatPrecision.Float32, (c, layers) => c with { Float = c.Float.Except(layers), Half = c.Half.Union(layers) }),
        })
        {
            if (!exists || choice.Float.IsEmpty)
                continue;
            if (IsBetter(move(choice, choice.Float), choice))
                choice = move(choice, choice.Float);
            else if (choice.Float.Count > 1)
                foreach (int layer in choice.Float)
                    if (IsBetter(move(choice, [layer]), choice))
                        choice = move(choice, [layer]);
        }
        return choice;
    }

    private bool IsBetter(LayerChoice choice, LayerChoice than) => Cost(choice) < Cost(than) && goal.IsMet(switches.Drops(choice.Float, choice.Half, choice.Int16));

    private double? Cost(LayerChoice choice) => switches.With(choice.Float, choice.Half, choice.Int16).Cost.Relative;
}
