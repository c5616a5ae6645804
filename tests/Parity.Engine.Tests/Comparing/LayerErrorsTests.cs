using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Comparing;

namespace Parity.Engine.Tests.Comparing;

public sealed class LayerErrorsTests
{
    private static readonly ImmutableArray<(string, string, ImmutableArray<string>)> Layers =
        [("first", "first", ["x"]), ("bad", "bad", ["first"]), ("last", "last", ["bad", "first"])];

    [Fact]
    public void The_increase_is_over_the_worst_input_and_the_last_layer_is_not_blamed_for_what_it_was_fed()
    {
        var errors = new LayerErrors(Layers);
        foreach (string image in new[] { "a", "b", "c" })
        {
            errors.Add(image, Accumulated(("first", 0.01), ("bad", 0.25), ("last", 0.36)),
                [new(Of(0.01), Of(0.01), Of(0)), new(Of(0.16), Of(0.16), Of(0.01)), new(Of(0.01), null, null)]);
        }

        ImmutableArray<LayerError> all = errors.ToErrors();

        all.Select(e => Math.Round(e.Increase!.Value, 6)).Should().Equal(0.01, 0.24, 0.11);
        all.MaxBy(e => e.Isolated.Nmse.Median)!.Reference.Should().Be("bad");
        all.Single(e => e.Reference == "bad").Images.Should().HaveCount(3).And.OnlyContain(i => Math.Abs(i.Isolated!.Value - 0.16) < 1e-6 && i.Accumulated > 0.24);
        all.Single(e => e.Reference == "last").WeightsOnly.Should().BeNull();
        all.Single(e => e.Reference == "bad").WeightsOnly!.Kind.Should().Be(DivergenceKind.IsolatedWeights);
    }

    [Fact]
    public void A_layer_fed_something_without_an_error_has_no_increase()
    {
        var errors = new LayerErrors([("last", "last", ["bad"])]);
        TensorDivergence notFinite = TensorSums.Of([1], [float.NaN]).ToDivergence();

        errors.Add("a", new Dictionary<string, TensorDivergence> { ["bad"] = notFinite, ["last"] = Of(0.25) }, [new(Of(0.25), null, null)]);

        errors.ToErrors().Single().Increase.Should().BeNull();
    }

    /// <summary>A divergence of the given NMSE: 1 against 1 + its root.</summary>
    private static TensorDivergence Of(double nmse) => TensorSums.Of([1], [1 + (float)Math.Sqrt(nmse)]).ToDivergence();

    private static Dictionary<string, TensorDivergence> Accumulated(params (string Name, double Nmse)[] layers) => layers.ToDictionary(l => l.Name, l => Of(l.Nmse));
}
