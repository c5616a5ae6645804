using System.Globalization;
using Parity.Core;
using Parity.Suites.Preprocessing;
using Parity.Suites.Tests.Imaging;

namespace Parity.Suites.Tests.Preprocessing;

public sealed class PicturePreprocessorTests
{
    private static readonly Dictionary<string, PreprocessingPlan> Plans = new()
    {
        ["yolox"] = Plan(ResizeKind.LetterboxTopLeft),
        // Ultralytics divides by 255.
        ["ultralytics"] = Plan(ResizeKind.LetterboxCentred, ColorOrder.Rgb, std: [255, 255, 255]),
        ["stretched"] = Plan(ResizeKind.Stretch, ColorOrder.Rgb, ElementType.Float32, TensorLayout.Nhwc, 1.0 / 255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ["cropped"] = Plan(ResizeKind.Crop, ColorOrder.Bgr, ElementType.UInt8, TensorLayout.Nhwc),
    };

    public static TheoryData<string, int, int, int, int, string, double, (int Left, int Top)> Cases =>
        [.. Oracle.Lines("letterboxed.txt").Select(l => (l[0], int.Parse(l[1]), int.Parse(l[2]), int.Parse(l[3]), int.Parse(l[4]), l[5],
            double.Parse(l[6], CultureInfo.InvariantCulture), (int.Parse(l[7]), int.Parse(l[8]))))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tensor_and_placement_are_those_of_the_reference_code(
        string kind, int pictureWidth, int pictureHeight, int width, int height, string sha256, double scale, (int Left, int Top) corner)
    {
        PreprocessingPlan plan = Plans[kind];
        InputContract contract = plan.Contract with { Width = width, Height = height };

        (Tensor tensor, Placement placement) = new PicturePreprocessor(plan).Prepare(Oracle.Noise(pictureWidth, pictureHeight), contract);

        Oracle.Sha256(tensor.Bytes()).Should().Be(sha256);
        tensor.Shape.Should().Equal(contract.Layout == TensorLayout.Nchw ? [1, 3, height, width] : [1, height, width, 3]);
        (placement.ScaleX, placement.OffsetX, placement.OffsetY).Should().Be((scale, corner.Left, corner.Top));
        (placement.PictureWidth, placement.PictureHeight, placement.InputWidth, placement.InputHeight).Should().Be((pictureWidth, pictureHeight, width, height));
    }

    [Fact]
    public void Letterbox_pads_right_and_bottom_when_anchored_top_left()
    {
        var white = new Picture(2, 1, [255, 255, 255, 255, 255, 255]);
        InputContract contract = Plans["yolox"].Contract with { Width = 3, Height = 2 };

        Tensor tensor = new PicturePreprocessor(Plans["yolox"]).Prepare(white, contract).Tensor;

        tensor.Span<float>()[..6].ToArray().Should().Equal(255, 255, 255, 114, 114, 114);
    }

    [Fact]
    public void Half_precision_is_the_float32_value_rounded()
    {
        var picture = Oracle.Noise(20, 20);
        InputContract contract = Plans["stretched"].Contract with { Width = 20, Height = 20 };
        var preprocessor = new PicturePreprocessor(Plans["stretched"]);

        float[] singles = preprocessor.Prepare(picture, contract).Tensor.Span<float>().ToArray();
        Half[] halves = preprocessor.Prepare(picture, contract with { Type = ElementType.Float16 }).Tensor.Span<Half>().ToArray();

        halves.Should().Equal(singles.Select(v => (Half)v));
    }

    [Fact]
    public void A_very_long_picture_keeps_at_least_one_pixel_of_its_short_side()
    {
        foreach (ResizeKind kind in Enum.GetValues<ResizeKind>())
        {
            PreprocessingPlan plan = Plan(kind);
            foreach ((int w, int h) in new[] { (3000, 1), (1, 3000) })
                new PicturePreprocessor(plan).Prepare(Oracle.Noise(w, h), plan.Contract with { Width = 32, Height = 24 }).Tensor.Count.Should().Be(32 * 24 * 3);
        }
    }

    [Fact]
    public void A_contract_that_cannot_be_met_lists_every_fault()
    {
        InputContract contract = Plans["yolox"].Contract with { Type = ElementType.Int8, Width = -1, Std = [1, 0, 1] };
        Action prepare = () => new PicturePreprocessor(Plans["yolox"]).Prepare(Oracle.Noise(4, 4), contract);

        prepare.Should().Throw<FaultException>().Which.Faults.Should().HaveCount(3);
    }

    [Fact]
    public void Bytes_are_refused_when_the_contract_would_scale_them()
    {
        InputContract contract = Plans["cropped"].Contract with { Scale = 1.0 / 255 };
        Action prepare = () => new PicturePreprocessor(Plans["cropped"]).Prepare(Oracle.Noise(4, 4), contract);

        prepare.Should().Throw<FaultException>().Which.Message.Should().Contain("UInt8");
    }

    private static PreprocessingPlan Plan(ResizeKind kind, ColorOrder color = ColorOrder.Bgr, ElementType type = ElementType.Float32,
        TensorLayout layout = TensorLayout.Nchw, double scale = 1, double[]? mean = null, double[]? std = null) =>
        new(kind, 114, new InputContract(type, layout, color, 416, 416, scale, [.. mean ?? [0, 0, 0]], [.. std ?? [1, 1, 1]]));
}
