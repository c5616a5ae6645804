using Parity.Core;
using Parity.Engine.Advising;

namespace Parity.Engine.Tests.Advising;

public sealed class OutputErrorTests
{
    private static double Of(float[] reference, float[] target, params int[] shape)
    {
        var error = new OutputError();
        error.Add(new Dictionary<string, Tensor> { ["y"] = Tensor.Create(reference, shape) }, new Dictionary<string, Tensor> { ["y"] = Tensor.Create(target, shape) });
        return error.Value;
    }

    [Fact]
    public void A_score_that_became_zero_counts_as_much_as_the_box_beside_it() =>
        // Two candidates of (box, score): the scores' error is 0.5, their deviation from the mean 0.5; the boxes are right.
        Of([100, 0.2f, 300, 1.2f], [100, 0.7f, 300, 0.7f], 1, 2, 2).Should().BeApproximately(0.25, 1e-6);

    [Fact]
    public void Maps_are_told_apart_by_channel() =>
        // Channel 0 is right; channel 1 has error 4 against deviation 4.
        Of([1, 2, 3, 5, 1, 3, 1, 3], [1, 2, 3, 5, 2, 2, 2, 2], 1, 2, 2, 2).Should().BeApproximately(0.25, 1e-12);

    [Fact]
    public void Equal_outputs_have_none_and_not_finite_ones_nothing_but()
    {
        Of([1, 2, 3], [1, 2, 3], 3).Should().Be(0);
        Of([1, 2, 3], [1, float.NaN, 3], 3).Should().Be(1);
        new OutputError().Value.Should().Be(double.NaN, "nothing compared is not equal");
    }
}
