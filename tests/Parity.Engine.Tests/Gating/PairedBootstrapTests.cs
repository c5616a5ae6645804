using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Gating;
using Parity.Engine.Tests.Fakes;

namespace Parity.Engine.Tests.Gating;

public sealed class PairedBootstrapTests
{
    private static readonly BootstrapRecord Plan = new(2000, 7, 0.95);

    [Fact]
    public void Equal_predictions_drop_nothing_in_any_resample()
    {
        double[][] replicates = PairedBootstrap.Replicates(Evaluation(i => i), Plan, CancellationToken.None);

        DropRecord drop = PairedBootstrap.Drop(Measured(0.5), Measured(0.5), replicates[0], replicates[0], 0.95);

        (drop.Drop, drop.Lower, drop.Upper, drop.StandardError).Should().Be((0, 0, 0, 0));
    }

    [Fact]
    public void Pairing_cancels_what_both_sides_share()
    {
        // Samples differ widely, but the target is always exactly .25 below: the interval has no width.
        double[][] reference = PairedBootstrap.Replicates(Evaluation(i => i * i % 17), Plan, CancellationToken.None);
        double[][] target = PairedBootstrap.Replicates(Evaluation(i => i * i % 17 - 0.25f), Plan, CancellationToken.None);

        DropRecord drop = PairedBootstrap.Drop(Measured(5), Measured(4.75), reference[0], target[0], 0.95);

        drop.Lower.Should().BeApproximately(0.25, 1e-12);
        drop.Upper.Should().BeApproximately(0.25, 1e-12);
    }

    [Fact]
    public void The_standard_error_of_a_mean_is_its_textbook_value()
    {
        // Half the samples drop by 1, half by 0: the mean's standard error is sqrt(.25 / n).
        const int n = 400;
        double[][] reference = PairedBootstrap.Replicates(Evaluation(_ => 1, n), Plan, CancellationToken.None);
        double[][] target = PairedBootstrap.Replicates(Evaluation(i => i % 2, n), Plan, CancellationToken.None);

        DropRecord drop = PairedBootstrap.Drop(Measured(1), Measured(0.5), reference[0], target[0], 0.95);

        double expected = Math.Sqrt(0.25 / n);
        drop.StandardError.Should().BeApproximately(expected, 0.05 * expected);
        // The mean moves in steps of 1/400, so a bound is within two steps of the normal one.
        drop.Upper.Should().BeApproximately(0.5 + 1.645 * expected, 2.0 / n);
        drop.Lower.Should().BeApproximately(0.5 - 1.645 * expected, 2.0 / n);
    }

    [Fact]
    public void A_lower_is_better_measurement_drops_when_it_rises()
    {
        DropRecord drop = PairedBootstrap.Drop(
            new Measurement("cer", 0.1, "fraction", Direction.LowerIsBetter, 3), new Measurement("cer", 0.3, "fraction", Direction.LowerIsBetter, 3), [0.1, 0.1], [0.3, 0.3], 0.95);

        drop.Drop.Should().BeApproximately(0.2, 1e-15);
        drop.Upper.Should().BeApproximately(0.2, 1e-15);
    }

    [Fact]
    public void Resamples_without_a_value_leave_no_bounds_when_they_are_many()
    {
        double[] some = [0.5, double.NaN, 0.5, 0.5];

        DropRecord drop = PairedBootstrap.Drop(Measured(0.5), Measured(0.4), some, some, 0.95);

        drop.Drop.Should().BeApproximately(0.1, 1e-12);
        drop.Upper.Should().BeNull();
    }

    [Fact]
    public void The_same_seed_draws_the_same_whatever_the_threads()
    {
        double[][] once = PairedBootstrap.Replicates(Evaluation(i => i), Plan, CancellationToken.None);
        double[][] again = PairedBootstrap.Replicates(Evaluation(i => i), Plan, CancellationToken.None);

        again[0].Should().Equal(once[0]);
        PairedBootstrap.Replicates(Evaluation(i => i), Plan with { Seed = 8 }, CancellationToken.None)[0].Should().NotEqual(once[0]);
    }

    [Fact]
    public void One_sample_has_a_drop_but_no_bounds()
    {
        Measurement one = Measured(0.5) with { Count = 1 };
        DropRecord drop = PairedBootstrap.Drop(one, one with { Value = 0.4 }, [0.5, 0.5], [0.4, 0.4], 0.95);

        drop.Drop.Should().BeApproximately(0.1, 1e-12);
        drop.Upper.Should().BeNull("its resamples are all alike, which is no certainty");
    }

    [Theory]
    [InlineData(0.95, 10, 1.8331)]
    [InlineData(0.95, 30, 1.6991)]
    [InlineData(0.99, 5, 3.7469)]
    [InlineData(0.975, 100, 1.9842)]
    public void Bounds_are_expanded_by_Students_t(double confidence, int samples, double t)
    {
        // Tables of Student's t with samples - 1 degrees of freedom.
        NormalDistribution.StudentQuantile(confidence, samples - 1).Should().BeApproximately(t, 0.01 * t);
        NormalDistribution.Quantile(PairedBootstrap.Expanded(confidence, samples)).Should().BeApproximately(t * Math.Sqrt(samples / (samples - 1.0)), 0.011 * t);
    }

    [Fact]
    public void The_normal_distribution_is_that_of_the_tables()
    {
        NormalDistribution.Quantile(0.95).Should().BeApproximately(1.644854, 1e-5);
        NormalDistribution.Cumulative(1.959964).Should().BeApproximately(0.975, 1e-6);
        NormalDistribution.Cumulative(-1).Should().BeApproximately(0.158655, 1e-6);
    }

    [Fact]
    public void Quantiles_interpolate_between_order_statistics()
    {
        PairedBootstrap.Quantile([1, 2, 3, 4, 5], 0.5).Should().Be(3);
        PairedBootstrap.Quantile([1, 2, 3, 4, 5], 0.9).Should().BeApproximately(4.6, 1e-12);
        PairedBootstrap.Quantile([7], 0.95).Should().Be(7);
    }

    private static Measurement Measured(double value) => new("fake/mean", value, "fraction", Direction.HigherIsBetter, 100);

    private static FakeEvaluation Evaluation(Func<int, float> value, int count = 100) =>
        new([.. Enumerable.Range(0, count).Select(i => new FakePrediction($"{i}", value(i)))]);
}
