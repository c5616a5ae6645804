using Parity.Core;
using Parity.Suites.Preprocessing;

namespace Parity.Suites.Tests.Preprocessing;

public sealed class PreprocessingPlanTests
{
    [Fact]
    public void Every_key_is_read()
    {
        PreprocessingPlan? plan = Read("""
            resize: letterbox-centred
            size: [640, 384]
            pad: 0
            color: rgb
            scale: 1/255
            mean: [0.485, 0.456, 0.406]
            std: [0.229, 0.224, 0.225]
            layout: nhwc
            type: float32
            """, out FaultList faults);

        faults.ToImmutable().Should().BeEmpty();
        plan.Should().Be(new PreprocessingPlan(ResizeKind.LetterboxCentred, 0, new InputContract(
            ElementType.Float32, TensorLayout.Nhwc, ColorOrder.Rgb, 640, 384, 1.0 / 255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])));
    }

    [Theory]
    [InlineData("letterbox-centred", ResizeKind.LetterboxCentred)]
    [InlineData("letterbox-top-left", ResizeKind.LetterboxTopLeft)]
    [InlineData("stretch", ResizeKind.Stretch)]
    [InlineData("crop", ResizeKind.Crop)]
    public void What_is_left_out_changes_no_pixel(string name, ResizeKind kind)
    {
        PreprocessingPlan? plan = Read($"resize: {name}\nsize: [416, 416]\ncolor: bgr", out _);

        plan.Should().Be(new PreprocessingPlan(kind, 114, new InputContract(
            ElementType.Float32, TensorLayout.Nchw, ColorOrder.Bgr, 416, 416, 1, [0, 0, 0], [1, 1, 1])));
    }

    [Fact]
    public void All_mistakes_are_reported_at_once_with_their_lines()
    {
        PreprocessingPlan? plan = Read("""
            resize: squash
            size: [416.5, 0]
            pad: 256
            scale: 1/0
            std: [1, 0, 1]
            mean: [1, NaN, 1]
            colour: rgb
            """, out FaultList faults);

        plan.Should().BeNull();
        faults.ToImmutable().Select(f => (f.Where, f.What.Split('\'')[1])).Should().BeEquivalentTo([
            ("suite.yaml:1", "resize"), ("suite.yaml:2", "size"), ("suite.yaml:2", "size"), ("suite.yaml:3", "pad"), ("suite.yaml:4", "scale"),
            ("suite.yaml:5", "std"), ("suite.yaml:6", "mean"), ("suite.yaml", "color"), ("suite.yaml:7", "colour")]);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("NaN")]
    [InlineData("1/0")]
    [InlineData("0/1")]
    [InlineData("1/2/3")]
    [InlineData("1e99")]
    [InlineData("")]
    [InlineData("[1, 2]")]
    public void A_scale_that_is_no_usable_number_is_a_fault(string scale)
    {
        Read($"resize: stretch\nsize: [4, 4]\ncolor: bgr\nscale: {scale}", out FaultList faults).Should().BeNull();

        faults.ToImmutable().Should().ContainSingle().Which.Where.Should().Be("suite.yaml:4");
    }

    [Fact]
    public void Bytes_with_a_normalisation_are_a_fault()
    {
        Read("resize: stretch\nsize: [4, 4]\ncolor: bgr\nscale: 1/255\ntype: uint8", out FaultList faults).Should().BeNull();

        faults.ToImmutable().Should().ContainSingle().Which.What.Should().Contain("uint8");
    }

    private static PreprocessingPlan? Read(string lines, out FaultList faults)
    {
        faults = new FaultList();
        return PreprocessingPlan.Read(SettingsText.Read(lines, faults));
    }
}
