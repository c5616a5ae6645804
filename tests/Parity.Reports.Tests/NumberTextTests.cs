namespace Parity.Reports.Tests;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData(0.341, "fraction", "34.10")]
    [InlineData(1.0, "points", "1.00")]
    [InlineData(-0.001, "points", "0.00")]
    [InlineData(-0.006, "points", "-0.01")]
    [InlineData(1234.5, "ms", "1,234.5")]
    [InlineData(3.0, "ms", "3.0")]
    [InlineData(12345.0, "count", "12,345")]
    [InlineData(double.NaN, "fraction", "not finite")]
    [InlineData(double.PositiveInfinity, "points", "not finite")]
    [InlineData(null, "fraction", "no value")]
    public void A_value_is_printed_in_its_unit(double? value, string unit, string expected) => NumberText.Value(value, unit).Should().Be(expected);

    [Theory]
    [InlineData(1.0 / 255, "0.0039216")]
    [InlineData(1.2e-6, "1.2e-6")]
    [InlineData(-105226.4, "-105,226")]
    [InlineData(3.0e9, "3e9")]
    [InlineData(0.0, "0")]
    [InlineData(-12.5, "-12.5")]
    [InlineData(double.NaN, "not finite")]
    [InlineData(double.NegativeInfinity, "not finite")]
    public void A_scale_keeps_five_digits_in_every_decade(double value, string expected) => NumberText.Significant(value).Should().Be(expected);

    [Theory]
    [InlineData(999, "999")]
    [InlineData(910_000, "910.00 k")]
    [InlineData(540_123_456, "540.12 M")]
    [InlineData(1_084_000_000, "1.08 G")]
    public void A_count_of_operations_gets_its_prefix(long number, string expected) => NumberText.Si(number).Should().Be(expected);

    [Fact]
    public void A_sort_key_is_exact_and_empty_for_what_is_not_a_number()
    {
        NumberText.Key(0.1 + 0.2).Should().Be("0.30000000000000004");
        NumberText.Key(null).Should().BeEmpty();
        NumberText.Key(double.NaN).Should().BeEmpty();
    }
}
