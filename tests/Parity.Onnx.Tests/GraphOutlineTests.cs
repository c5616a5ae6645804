using Parity.Core;

namespace Parity.Onnx.Tests;

public sealed class GraphOutlineTests
{
    [Fact]
    public void Operators_stand_without_pairs_and_constants_and_read_the_float_tensors()
    {
        GraphRecord outline = GraphOutline.Of(QdqTests.ConvNet());

        outline.Inputs.Should().Equal("x");
        outline.Outputs.Should().Equal(["conv"], "what leaves through a pair is named as before it");
        // Two channels in and out, 1 x 1 kernel, 3 x 3 places.
        outline.Nodes.Should().ContainSingle().Which.Should().BeEquivalentTo(new GraphNode("conv", "Conv", ["x"], ["conv"], 36, "uint8"));
    }

    [Fact]
    public void The_float_twin_has_the_same_outline_in_float()
    {
        GraphRecord outline = GraphOutline.Of(FloatTwin.Of(QdqTests.ConvNet()));

        outline.Nodes.Should().ContainSingle(n => n.OpType == "Conv").Which.Precision.Should().Be("float32");
    }
}
