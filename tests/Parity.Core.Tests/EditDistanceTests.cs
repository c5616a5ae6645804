namespace Parity.Core.Tests;

public sealed class EditDistanceTests
{
    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("flaw", "lawn", 2)]
    [InlineData("same", "same", 0)]
    [InlineData("a*", "ab", 1)]
    public void Between_counts_insertions_deletions_and_replacements(string a, string b, int distance)
    {
        EditDistance.Between(a, b).Should().Be(distance);
        EditDistance.Between(b, a).Should().Be(distance);
    }

    [Theory]
    [InlineData("head/conv", "head*", 0)]
    [InlineData("head/conv", "*", 0)]
    [InlineData("head/conv", "h?ad/c*", 0)]
    [InlineData("head/conv", "hed*", 1)]
    [InlineData("box", "hed*", 3)]
    [InlineData("", "*", 0)]
    [InlineData("ab", "?", 1)]
    public void To_a_pattern_counts_to_the_nearest_text_that_fits(string text, string pattern, int distance) =>
        EditDistance.ToPattern(text, pattern).Should().Be(distance);
}
