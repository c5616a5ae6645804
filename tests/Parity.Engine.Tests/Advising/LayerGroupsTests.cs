using System.Collections.Immutable;
using Parity.Engine.Advising;

namespace Parity.Engine.Tests.Advising;

public sealed class LayerGroupsTests
{
    [Fact]
    public void Of_a_short_model_every_layer_stands_alone_and_no_group_is_tried() =>
        LayerGroups.Of(LayerGroups.LongModel, _ => throw new InvalidOperationException()).Should().HaveCount(LayerGroups.LongModel).And.OnlyContain(g => g.Count == 1);

    [Fact]
    public void Of_a_long_model_the_layers_of_harmful_groups_stand_alone_and_the_others_with_their_neighbours()
    {
        int tried = 0;
        // 320 layers are 32 groups of ten, of which six are told apart.
        int[] harmful = [5, 17, 101, 102, 200, 319];
        ImmutableArray<ImmutableSortedSet<int>> groups = LayerGroups.Of(320, group =>
        {
            tried++;
            return harmful.Count(group.Contains);
        });
        tried.Should().Be(32);
        groups.SelectMany(g => g).Should().Equal(Enumerable.Range(0, 320), "each layer is in one group, in the order of the graph");
        harmful.Should().OnlyContain(layer => groups.Single(g => g.Contains(layer)).Count == 1);
        groups.Count(g => g.Count == 1).Should().Be(60);
        groups.Where(g => g.Count > 1).Should().HaveCount(26).And.OnlyContain(g => g.Count == 10);
    }
}
