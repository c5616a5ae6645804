using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Parity.Engine.Advising;

namespace Parity.Engine.Tests.Advising;

public sealed class LayerSearchTests
{
    private static ImmutableSortedSet<int>? Find(double[] harm, double[] prices, double limit) =>
        new LayerSearch([.. prices], [.. harm], kept => Left(harm, kept) <= limit).Find([.. Enumerable.Range(0, harm.Length)]);

    private static double Left(double[] harm, ImmutableSortedSet<int> kept) => harm.Where((_, i) => !kept.Contains(i)).Sum();

    [Fact]
    public void Nothing_is_kept_where_nothing_is_lost() => Find([0.1, 0.2], [1, 1], 1).Should().BeEmpty();

    [Fact]
    public void Where_all_layers_do_not_suffice_there_is_no_plan() => Find([3, 1], [1, 1], -1).Should().BeNull();

    [Fact]
    public void A_cheap_layer_that_does_as_much_goes_before_a_dear_one() => Find([5, 5, 1], [10, 1, 1], 7).Should().Equal(1);

    [Fact]
    public void Cheap_layers_that_a_better_one_makes_needless_are_dropped() =>
        // By gain for the price 0 and 1 come first, but without 2 the limit is never reached.
        Find([2, 2, 9], [0.1, 0.1, 10], 4).Should().Equal(2);

    [Fact]
    public void Of_a_hundred_layers_that_all_must_go_few_sets_are_tried()
    {
        // Layers 0 to 39 must be in float, and their harm says so.
        int tried = 0;
        var found = new LayerSearch([.. Enumerable.Repeat(1.0, 100)], [.. Enumerable.Range(0, 100).Select(i => i < 40 ? 1.0 : 0)], kept =>
        {
            tried++;
            return Enumerable.Range(0, 40).All(kept.Contains);
        }).Find([.. Enumerable.Range(0, 100)]);
        found.Should().Equal(Enumerable.Range(0, 40));
        tried.Should().BeLessThan(100, "nine for the beginning of the order, the halves of what is left and each layer once");
    }

    [Fact]
    public void The_set_passes_is_minimal_and_within_one_layer_of_the_smallest_at_equal_prices() => Prop.ForAll(
        Gen.Choose(1, 100).Select(v => v / 100.0).ArrayOf(8).ToArbitrary(), Gen.Choose(5, 95).ToArbitrary(),
        (harm, percent) =>
        {
            double limit = harm.Sum() * percent / 100;
            var found = Find(harm, [.. harm.Select(_ => 1.0)], limit)!;
            int smallest = Enumerable.Range(0, 256).Where(m => harm.Where((_, i) => (m >> i & 1) == 0).Sum() <= limit).Min(m => int.PopCount(m));
            return Left(harm, found) <= limit && found.All(l => Left(harm, found.Remove(l)) > limit) && found.Count <= smallest + 1;
        }).QuickCheckThrowOnFailure();
}
