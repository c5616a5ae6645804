using Parity.Core;
using Parity.Engine.Comparing;

namespace Parity.Engine.Tests.Comparing;

public sealed class DivergenceAccumulatorTests
{
    [Fact]
    public void Median_and_worst_are_over_images_not_over_elements()
    {
        Divergence divergence = Accumulate([[10], [9]], [[10, 0], [0, 0]], [[10, 10, 10], [8, 10, 10]]);
        divergence.Should().Match<Divergence>(d => d.Images == 3 && d.Elements == 6 && d.State == DivergenceState.Compared);
        divergence.MaxAbs.Should().Be(new MeasureSummary(2, DivergenceState.Compared, 10, DivergenceState.Compared, "image 1"));
        divergence.SqnrDb.Should().Be(new MeasureSummary(10 * Math.Log10(75), DivergenceState.Compared, 0, DivergenceState.Compared, "image 1"));
        divergence.Cosine.Worst.Should().Be(0);
        divergence.Nmse.Should().Be(new MeasureSummary(4 / 300.0, DivergenceState.Compared, 1, DivergenceState.Compared, "image 1"));
        divergence.Mse.Should().Be(new MeasureSummary(4 / 3.0, DivergenceState.Compared, 50, DivergenceState.Compared, "image 1"));
    }

    [Fact]
    public void The_median_of_two_images_is_their_mean()
    {
        Divergence divergence = Accumulate([[10], [9]], [[10], [7]]);
        divergence.MaxAbs.Median.Should().Be(2);
    }

    [Fact]
    public void Exact_images_rank_above_every_value()
    {
        Divergence divergence = Accumulate([[1], [1]], [[10], [9]], [[2], [2]]);
        divergence.ExactImages.Should().Be(2);
        divergence.State.Should().Be(DivergenceState.Compared);
        divergence.SqnrDb.Should().Be(new MeasureSummary(null, DivergenceState.Exact, 20, DivergenceState.Compared, "image 1"));
    }

    [Fact]
    public void Between_an_exact_image_and_a_value_the_median_is_the_value()
    {
        Accumulate([[1], [1]], [[10], [9]]).SqnrDb.Should().Be(new MeasureSummary(20, DivergenceState.Compared, 20, DivergenceState.Compared, "image 1"));
    }

    [Fact]
    public void All_images_exact_is_exact()
    {
        Divergence divergence = Accumulate([[1], [1]], [[2], [2]]);
        divergence.State.Should().Be(DivergenceState.Exact);
        divergence.SqnrDb.Should().Be(new MeasureSummary(null, DivergenceState.Exact, null, DivergenceState.Exact, "image 0"));
        (divergence.Cosine.Median, divergence.Cosine.Worst).Should().Be((1, 1));
    }

    [Fact]
    public void One_non_finite_image_is_the_worst_and_leaves_the_worst_without_value()
    {
        Divergence divergence = Accumulate([[10], [9]], [[10], [float.NaN]], [[10], [8]]);
        (divergence.State, divergence.NonFiniteImages).Should().Be((DivergenceState.NonFinite, 1));
        divergence.MaxAbs.Should().Be(new MeasureSummary(2, DivergenceState.Compared, null, DivergenceState.NonFinite, "image 1"));
        divergence.Cosine.Worst.Should().BeNull();
        divergence.MeanError.WorstState.Should().Be(DivergenceState.NonFinite);
    }

    [Fact]
    public void Mostly_non_finite_images_leave_no_median()
    {
        Divergence divergence = Accumulate([[10], [9]], [[float.NaN], [9]]);
        divergence.MaxAbs.Should().Be(new MeasureSummary(null, DivergenceState.NonFinite, null, DivergenceState.NonFinite, "image 1"));
    }

    [Fact]
    public void A_zero_reference_is_worse_than_any_sqnr_but_has_other_measures()
    {
        Divergence divergence = Accumulate([[10], [9]], [[0], [1]]);
        divergence.ZeroReferenceImages.Should().Be(1);
        divergence.SqnrDb.Should().Be(new MeasureSummary(null, DivergenceState.ZeroReference, null, DivergenceState.ZeroReference, "image 1"));
        divergence.MaxAbs.Should().Be(new MeasureSummary(1, DivergenceState.ZeroReference, 1, DivergenceState.Compared, "image 0"));
    }

    [Fact]
    public void Empty_tensors_are_counted_and_never_perfect()
    {
        Divergence divergence = Accumulate([[], []], [[10], [9]]);
        (divergence.Images, divergence.EmptyImages, divergence.State).Should().Be((2, 1, DivergenceState.Compared));
        divergence.MaxAbs.Median.Should().Be(1);
        Divergence nothing = Accumulate(new float[][] { [], [] });
        nothing.State.Should().Be(DivergenceState.Empty);
        nothing.Cosine.Should().Be(new MeasureSummary(null, DivergenceState.Empty, null, DivergenceState.Empty, null));
    }

    [Fact]
    public void The_worst_bias_keeps_its_sign()
    {
        Accumulate([[10], [9]], [[10], [13]], [[10], [10]]).MeanError.Should()
            .Be(new MeasureSummary(0, DivergenceState.Exact, -3, DivergenceState.Compared, "image 1"));
    }

    [Fact]
    public void Tensors_keep_the_order_in_which_they_came_and_their_kind()
    {
        var accumulator = new DivergenceAccumulator(DivergenceKind.Isolated);
        foreach (string name in new[] { "z", "a", "z", "m" })
            accumulator.Add(name, name + "_q", "0", Tensor.Create([1f], 1), Tensor.Create([1f], 1));
        accumulator.ToDivergences().Select(d => (d.Reference, d.Target, d.Kind, d.Images)).Should().Equal(
            ("z", "z_q", DivergenceKind.Isolated, 2), ("a", "a_q", DivergenceKind.Isolated, 1), ("m", "m_q", DivergenceKind.Isolated, 1));
    }

    [Fact]
    public void Half_precision_tensors_are_compared_as_floats()
    {
        var accumulator = new DivergenceAccumulator(DivergenceKind.Accumulated);
        accumulator.Add("a", "a", "0", Tensor.Create([1f, 2f], 2), Tensor.Create([(Half)1.5f, (Half)2f], 2)).MaxAbs.Should().Be(0.5);
    }

    [Fact]
    public void Another_shape_and_another_type_are_both_reported()
    {
        var accumulator = new DivergenceAccumulator(DivergenceKind.Accumulated);
        ((Action)(() => accumulator.Add("a", "b", "7", Tensor.Create([1f, 2f], 2), Tensor.Create(new long[] { 1, 2 }, 1, 2))))
            .Should().Throw<FaultException>().Which.Faults.Should().HaveCount(2).And.OnlyContain(fault => fault.Where.Contains("'a'") && fault.Where.Contains("'7'"));
    }

    private static Divergence Accumulate(params float[][][] images)
    {
        var accumulator = new DivergenceAccumulator(DivergenceKind.Accumulated);
        for (int i = 0; i < images.Length; i++)
            accumulator.Add("r", "q", $"image {i}", Tensor.Create(images[i][0], images[i][0].Length), Tensor.Create(images[i][1], images[i][1].Length));
        return accumulator.ToDivergences().Single();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(2048)]
    [InlineData(6007)]
    public void Codes_diverge_as_the_floats_they_stand_for(int count)
    {
        float[] reference = [.. Enumerable.Range(0, count).Select(i => MathF.Sin(i) * 3)];
        Tensor codes = Tensor.Create(Array.ConvertAll(reference, v => (byte)MathF.Round((v / 0.03f) + 120)), count).AsCodes(new Dequantization([0.03f], [120], 0));

        DivergenceAccumulator.Measure("r", "q", "image", Tensor.Create(reference, count), codes)
            .Should().Be(DivergenceAccumulator.Measure("r", "q", "image", Tensor.Create(reference, count), codes.ToFloat32()));
    }
}
