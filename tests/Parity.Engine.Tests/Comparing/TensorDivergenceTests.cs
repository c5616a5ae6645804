using System.Text.Json;
using Parity.Core;
using Parity.Engine.Comparing;

namespace Parity.Engine.Tests.Comparing;

public sealed class TensorDivergenceTests
{
    [Fact]
    public void Equal_tensors_are_exact_and_have_no_sqnr()
    {
        Of([1, -2, 3], [1, -2, 3]).Should().Be(new TensorDivergence(DivergenceState.Exact, 3, 1, null, 0, 0, 0, 0, 0, 3, 0, 0));
    }

    [Fact]
    public void Two_zero_tensors_are_exact_with_cosine_one()
    {
        Of([0, 0], [0, 0]).Should().Be(new TensorDivergence(DivergenceState.Exact, 2, 1, null, 0, 0, 0, 0, 0, 2, 0, 0));
    }

    [Fact]
    public void A_zero_reference_leaves_the_ratios_to_it_without_value()
    {
        Of([0, 0], [3, 4]).Should().Be(new TensorDivergence(DivergenceState.ZeroReference, 2, 0, null, null, 4, 1, 12.5, -3.5, 0, 0, 0));
    }

    [Fact]
    public void A_zero_target_loses_the_whole_signal()
    {
        Of([3, 4], [0, 0]).Should().Be(new TensorDivergence(DivergenceState.Compared, 2, 0, 0, 1, 4, 1, 12.5, 3.5, 0, 0, 0));
    }

    [Fact]
    public void A_negated_tensor_has_cosine_minus_one_and_four_times_the_noise()
    {
        TensorDivergence divergence = Of([3, -4], [-3, 4]);
        divergence.Should().Be(new TensorDivergence(DivergenceState.Compared, 2, -1, 10 * Math.Log10(0.25), 4, 8, 1, 50, -1, 0, 0, 0));
    }

    [Fact]
    public void A_tensor_scaled_by_a_tenth_more_keeps_its_direction_at_20_dB()
    {
        TensorDivergence divergence = Of([10, 20, -30], [11, 22, -33]);
        divergence.Cosine.Should().BeApproximately(1, 1e-15).And.BeLessThanOrEqualTo(1);
        divergence.SqnrDb.Should().BeApproximately(20, 1e-12);
        divergence.Nmse.Should().BeApproximately(0.01, 1e-15);
        (divergence.MaxAbs, divergence.MaxAbsIndex, divergence.Mse, divergence.MeanError).Should().Be((3, 2, 14 / 3.0, 0));
    }

    [Fact]
    public void One_element_is_enough()
    {
        Of([2], [1]).Should().Be(new TensorDivergence(DivergenceState.Compared, 1, 1, 10 * Math.Log10(4), 0.25, 1, 0, 1, 1, 0, 0, 0));
    }

    [Fact]
    public void An_empty_tensor_compares_with_nothing()
    {
        Of([], []).Should().Be(new TensorDivergence(DivergenceState.Empty, 0, null, null, null, null, null, null, null, 0, 0, 0));
    }

    [Theory]
    [InlineData(float.NaN, 1, 1, 0)]
    [InlineData(1, float.NaN, 0, 1)]
    [InlineData(float.NaN, float.NaN, 1, 1)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity, 1, 1)]
    [InlineData(float.NegativeInfinity, 1, 1, 0)]
    [InlineData(float.PositiveInfinity, float.NegativeInfinity, 1, 1)]
    public void Anything_non_finite_leaves_no_measure(float r, float q, int inReference, int inTarget)
    {
        TensorDivergence divergence = Of([1, r], [1, q]);
        divergence.Should().Be(new TensorDivergence(
            DivergenceState.NonFinite, 2, null, null, null, null, null, null, null, divergence.EqualCount, inReference, inTarget));
    }

    [Fact]
    public void Every_state_is_written_as_json_and_read_again()
    {
        // System.Text.Json throws on NaN and infinity.
        TensorDivergence[] all = [Of([], []), Of([1], [1]), Of([1], [2]), Of([0], [1]), Of([float.NaN], [1])];
        string json = JsonSerializer.Serialize(all);
        JsonSerializer.Deserialize<TensorDivergence[]>(json).Should().Equal(all);
        all.Select(divergence => divergence.State).Should().OnlyHaveUniqueItems();
    }

    private static TensorDivergence Of(float[] reference, float[] target) => TensorSums.Of(reference, target).ToDivergence();
}
