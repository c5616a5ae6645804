using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;
using Parity.Suites.InstanceMasks;

namespace Parity.Suites.Tests.InstanceMasks;

using SettingsText = Parity.Suites.Tests.Detection.SettingsText;

/// <summary>Hand-worked masks: two prototypes of 4 x 2 cells over an input of 8 x 4 pixels.</summary>
public sealed class PrototypeDecoderTests
{
    private static readonly Sample Sample = new("1", "1.png");

    /// <summary>The picture is the input.</summary>
    private static readonly Placement Same = new(1, 1, 0, 0, 8, 4, 8, 4);

    /// <summary>Left half; upper row.</summary>
    private static readonly float[] Prototypes = [1, 1, 0, 0, 1, 1, 0, 0, /**/ 1, 1, 1, 1, 0, 0, 0, 0];

    [Fact]
    public void Coefficients_weigh_prototypes_and_the_sum_is_enlarged_and_cut_at_zero()
    {
        // 2 * left - 1 * upper: upper row 1 1 -1 -1, lower row 2 2 0 0. Half-pixel enlargement by two; upper rows: the zero crossing lies at the middle, x = 3.5.
        Rows(Decode([2, -1], new DetectedBox(0, 0, 8, 4, 0.9f, 0, 0))).Should().Equal(
            "####....",
            // A quarter of the way down: 1.25 1.25 -.75 -.75, crossing at cell 1 + 1.25/2.
            "####....",
            // Three quarters: 1.75 1.75 -.25 -.25: pixel 4 (cell 1.75) has 1.75 - .75 * 2 = .25.
            "#####...",
            // The lower row itself: 2 2 0 0, and 0 is not above 0; pixel 4 has .5.
            "#####...");
    }

    [Fact]
    public void A_box_cuts_the_mask_from_its_first_pixel_at_or_behind_the_edge_to_the_last_before_the_other()
    {
        Rows(Decode([1, 1], new DetectedBox(0.5f, 1, 2, 2, 0.9f, 0, 0))).Should().Equal(
            "........",
            // Left .5: pixel 0 is out; right 2.5: pixel 2 is in.
            ".##.....",
            ".##.....",
            "........");
    }

    [Fact]
    public void Cropped_before_the_enlargement_the_edge_is_a_blend_with_nothing()
    {
        // The box holds the cells 1 and 2 of the upper row only: sums 2 and 1, around them 0.
        var box = new DetectedBox(2, 0, 4, 2, 0.9f, 0, 0);
        Rows(Decode([1, 1], box, """{"prototypes": "protos", "crop": "before-resize", "resized": "probabilities"}""")).Should().Equal(
            // sigmoid(2) = .881, sigmoid(1) = .731 and 0 outside; a quarter past the cell is .75 of it: .661 and .548 are above .5, .22 is not.
            "..####..",
            // .75 of these rows: .75 * .881 = .661 at the centre third, .75 * .731 = .548; outwards .75 * .75 * .881 = .496.
            "...##...",
            "........",
            "........");
        Rows(Decode([1, 1], box)).Should().Equal("..####..", "..####..", "........", "........");
    }

    [Fact]
    public void Behind_a_letterbox_the_mask_lies_where_the_picture_lies()
    {
        // A picture of 8 x 8 at half its size, 2 pixels from the left of the input: its columns are the cells 1 and 2.
        var placement = new Placement(0.5, 0.5, 2, 0, 8, 8, 8, 4);
        Rows(Decode([1, 0], new DetectedBox(0, 0, 8, 8, 0.9f, 0, 0), placement: placement, settings: """{"prototypes": "protos", "resized": "probabilities"}""")).Should()
            // sigmoid(0) is .5, which is not above it; up to the second cell's centre something of the first is left.
            .OnlyContain(row => row == "######..");
    }

    [Fact]
    public void Prototypes_that_do_not_fit_the_coefficients_are_a_fault()
    {
        FluentActions.Invoking(() => Decode([1, 1, 1], new DetectedBox(0, 0, 8, 4, 0.9f, 0, 0))).Should().Throw<FaultException>().WithMessage("*not [1,3,height,width]*");
        FluentActions.Invoking(() => Decode([3e38f, 3e38f], new DetectedBox(0, 0, 8, 4, 0.9f, 0, 7))).Should().Throw<FaultException>().WithMessage("*mask of candidate 7 is infinite*");
    }

    private static MaskRuns Decode(float[] coefficients, DetectedBox box, string settings = """{"prototypes": "protos"}""", Placement? placement = null)
    {
        var faults = new FaultList();
        PrototypeDecoder decoder = PrototypeDecoder.FromSettings(SettingsText.Parse(settings, faults));
        faults.ThrowIfAny();
        return decoder.Decode(new Dictionary<string, Tensor> { ["protos"] = Tensor.Create(Prototypes, 1, 2, 2, 4) }, Sample, placement ?? Same, [box], [coefficients])[0];
    }

    private static IEnumerable<string> Rows(MaskRuns mask) =>
        mask.ToPixels().Chunk(mask.Width).Select(row => string.Concat(row.Select(p => p ? '#' : '.')));
}
