using FsCheck;
using FsCheck.Fluent;
using Parity.Engine.Advising;

namespace Parity.Engine.Tests.Advising;

public sealed class RankCorrelationTests
{
    [Fact]
    public void Ranks_not_values_decide() =>
        RankCorrelation.Spearman([1, 2, 3, 4], [10, 100, 1000, 1e9]).Should().Be(1);

    [Fact]
    public void Equal_values_share_the_mean_of_their_ranks() =>
        // Ranks 1.5 1.5 3 4 against 1 2 3 4: 4.5 / sqrt(4.5 x 5).
        RankCorrelation.Spearman([7, 7, 8, 9], [1, 2, 3, 4]).Should().BeApproximately(4.5 / Math.Sqrt(4.5 * 5), 1e-15);

    [Fact]
    public void Without_an_order_on_both_sides_there_is_no_value()
    {
        RankCorrelation.Spearman([1, 1, 1], [1, 2, 3]).Should().BeNull();
        RankCorrelation.Spearman([1], [1]).Should().BeNull();
    }

    [Fact]
    public void Reversing_one_side_turns_the_sign() => Prop.ForAll(
        ArbMap.Default.ArbFor<int[]>().Filter(v => v.Distinct().Count() > 1),
        values =>
        {
            double[] a = [.. values.Select(v => (double)v)], b = [.. values.Select((v, i) => (double)(v / 2 + i))], negated = [.. b.Select(v => -v)];
            double? rho = RankCorrelation.Spearman(a, b);
            return rho is null || Math.Abs(rho.Value + RankCorrelation.Spearman(a, negated)!.Value) < 1e-12 && RankCorrelation.Spearman(a, a) > 1 - 1e-12;
        }).QuickCheckThrowOnFailure();
}
