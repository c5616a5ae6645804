using System.Collections.Immutable;

namespace Parity.Core.Tests;

public sealed class SettingsTests
{
    private readonly FaultList _faults = new();

    [Fact]
    public void One_reading_finds_every_mistake_with_its_place_and_what_to_write()
    {
        Settings settings = Of(("kind", "yolo"), ("iou", "1.5"), ("limit", "many"), ("clip", "yes"), ("size", "64"), ("extra", "1"));

        settings.Choice("kind", ["yolox", "yolov8"]).Should().Be("yolox", "reading goes on with a harmless value");
        settings.Number("iou", least: 0, most: 1);
        settings.Integer("limit", least: 1);
        settings.Flag("clip", false);
        settings.Numbers("size", 2);
        settings.Text("name");
        settings.RejectUnknown();

        _faults.ToImmutable().Select(f => f.ToString()).Should().Equal(
            "s.yaml kind: 'kind' is 'yolo', which is not one of yolox, yolov8. Write one of yolox, yolov8.",
            "s.yaml iou: 'iou' is '1.5', which is not a number from 0 to 1. Write a number from 0 to 1.",
            "s.yaml limit: 'limit' is 'many', which is not a whole number of at least 1. Write a whole number of at least 1.",
            "s.yaml clip: 'clip' is 'yes', which is not true or false. Write true or false.",
            "s.yaml size: 'size' is '64', which is not a list of 2 numbers. Write a list of 2 numbers.",
            "s.yaml: 'name' is missing. Add the key 'name'.",
            "s.yaml extra: unknown key 'extra'. Known here: clip, iou, kind, limit, name, size.");
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e999")]
    [InlineData("1,5")]
    [InlineData("")]
    public void Only_a_finite_number_with_a_decimal_point_is_a_number(string text)
    {
        Of(("x", text)).Number("x").Should().Be(0);

        _faults.Count.Should().Be(1);
    }

    [Fact]
    public void A_misspelt_key_is_answered_with_the_nearest_known_one()
    {
        Settings settings = Of(("tresholt", "1"));
        settings.Number("threshold", fallback: 0.5).Should().Be(0.5);

        settings.RejectUnknown();

        _faults.ToImmutable().Should().ContainSingle().Which.Remedy.Should().Be("Did you mean 'threshold'?");
    }

    [Fact]
    public void A_missing_section_is_one_fault_and_not_one_for_each_of_its_keys()
    {
        Settings section = Of().Section("nms");
        section.Number("iou");
        section.Text("contract");

        _faults.ToImmutable().Should().ContainSingle().Which.What.Should().Be("'nms' is missing");
    }

    [Fact]
    public void Sound_values_and_fallbacks_leave_no_fault()
    {
        Settings settings = Of(("scale", "2.5e-1"), ("count", "-3"), ("on", "true"));

        (settings.Number("scale"), settings.Integer("count"), settings.Flag("on", false), settings.Text("name", "x"), settings.Choice("how", ["a"], "b"))
            .Should().Be((0.25, -3, true, "x", "b"));
        settings.Texts("list", ["one"]).Should().Equal("one");
        settings.RejectUnknown();
        _faults.Count.Should().Be(0);
    }

    private Settings Of(params (string Key, string Text)[] entries) => new(
        "s.yaml", entries.ToImmutableDictionary(e => e.Key, e => new SettingsValue($"s.yaml {e.Key}", e.Text, null, null)), _faults);
}
