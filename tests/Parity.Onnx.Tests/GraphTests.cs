using Parity.Core;

namespace Parity.Onnx.Tests;

public sealed class GraphTests
{
    /// <summary>x -> Relu a -> Relu b -> y, and a -> Neg n -> z.</summary>
    private static Graph Net()
    {
        var graph = OnnxModel.Create(17).Graph;
        graph.AddInput("x", TensorType.Float32, 1, 4);
        graph.Add(new Node("Relu", ["x"], ["a"], "first"));
        graph.Add(new Node("Relu", ["a"], ["y"], "second"));
        graph.Add(new Node("Neg", ["a"], ["z"], "third"));
        graph.AddOutput("y", TensorType.Float32);
        graph.AddOutput("z", TensorType.Float32);
        return graph;
    }

    [Fact]
    public void Inserting_after_a_tensor_rewires_all_consumers_and_keeps_topological_order()
    {
        var graph = Net();
        graph.InsertAfter("a", new Node("Sigmoid", ["a"], ["s"]), new Node("Tanh", ["s"], ["t"]));
        graph.Nodes.Select(n => n.OpType).Should().Equal("Relu", "Sigmoid", "Tanh", "Relu", "Neg");
        graph.ConsumersOf("a").Should().ContainSingle().Which.OpType.Should().Be("Sigmoid");
        graph.ConsumersOf("t").Select(n => n.Name).Should().Equal("second", "third");
    }

    [Fact]
    public void Inserting_before_one_consumer_leaves_the_others_alone()
    {
        var graph = Net();
        graph.InsertBefore(graph.NodeNamed("third")!, 0, new Node("Sigmoid", ["a"], ["s"]));
        graph.ConsumersOf("a").Select(n => n.OpType).Should().BeEquivalentTo(["Relu", "Sigmoid"]);
        graph.NodeNamed("third")!.Inputs.Should().Equal("s");
    }

    [Fact]
    public void Bypassing_the_node_of_an_output_keeps_the_output_s_name()
    {
        var graph = Net();
        graph.Bypass(graph.NodeNamed("second")!);
        graph.ProducerOf("y")!.Name.Should().Be("first");
        graph.NodeNamed("third")!.Inputs.Should().Equal("y");
        graph.Has("a").Should().BeFalse();
        // The source is now an output itself, so the second bypass must copy.
        graph.Bypass(graph.NodeNamed("third")!);
        graph.ProducerOf("z")!.OpType.Should().Be("Identity");
        graph.ProducerOf("z")!.Inputs.Should().Equal("y");
    }

    [Fact]
    public void Replacing_all_uses_renaming_and_pruning_keep_the_index_right()
    {
        var graph = Net();
        graph.SetInitializer("c", Tensor.Create(new[] { 1f, 2f, 3f, 4f }, 1, 4));
        graph.ReplaceAllUses("a", "c");
        graph.ConsumersOf("a").Should().BeEmpty();
        graph.ConsumersOf("c").Should().HaveCount(2);
        graph.RenameTensor("c", "constant");
        graph.Constant("constant")!.Span<float>()[3].Should().Be(4);
        graph.NodeNamed("second")!.Inputs.Should().Equal("constant");
        graph.Prune();
        graph.Nodes.Select(n => n.Name).Should().Equal("second", "third");
    }

    [Fact]
    public void Unique_names_avoid_tensors_nodes_and_earlier_answers()
    {
        var graph = Net();
        graph.UniqueName("a").Should().Be("a_1");
        graph.UniqueName("a").Should().Be("a_2");
        graph.UniqueName("first").Should().Be("first_1");
        graph.UniqueName("fresh").Should().Be("fresh");
    }

    [Fact]
    public void A_subgraph_counts_as_consumer_of_what_it_reads_and_follows_a_rename()
    {
        var model = OnnxModel.Create(17);
        model.Graph.AddInput("x", TensorType.Float32, 4);
        model.Graph.Add(new Node("Relu", ["x"], ["a"]));
        var branch = new Proto.NodeProto { OpType = "If", Name = "if", Input = { "x" }, Output = { "y" } };
        branch.Attribute.Add(new Proto.AttributeProto
        {
            Name = "then_branch",
            Type = Proto.AttributeProto.Types.AttributeType.Graph,
            G = new Proto.GraphProto { Node = { new Proto.NodeProto { OpType = "Neg", Input = { "a" }, Output = { "inner" } } }, Output = { new Proto.ValueInfoProto { Name = "inner" } } },
        });
        model.Graph.Add(new Node(branch));
        model.Graph.ConsumersOf("a").Should().ContainSingle().Which.Name.Should().Be("if");
        model.Graph.RenameTensor("a", "b");
        model.Graph.NodeNamed("if")!.Captured.Should().Equal("b");
    }

    [Fact]
    public void A_clone_shares_no_edit_with_its_model()
    {
        var model = QdqTests.ConvNet();
        byte[] before = model.ToBytes();
        var clone = model.Clone();
        clone.Graph.NodeNamed("conv")!.Set("group", 2L);
        clone.Graph.RenameTensor("conv", "other");
        clone.Graph.RemoveInitializer("bq");
        model.ToBytes().Should().Equal(before);
    }

    [Fact]
    public void Nodes_out_of_order_are_sorted_and_the_rest_keeps_its_order()
    {
        var proto = new Proto.GraphProto { Input = { new Proto.ValueInfoProto { Name = "x" } } };
        foreach (var (name, input, output) in new[] { ("late", "m", "y"), ("other", "x", "o"), ("early", "x", "m") })
            proto.Node.Add(new Proto.NodeProto { Name = name, OpType = "Relu", Input = { input }, Output = { output } });
        new Graph(proto, "test").Nodes.Select(n => n.Name).Should().Equal("other", "early", "late");
    }

    [Fact]
    public void Attributes_are_typed_have_defaults_and_refuse_another_kind()
    {
        var node = new Node("Conv", ["x"], ["y"], "c").Set("group", 4).Set("pads", [1L, 2L]).Set("auto_pad", "VALID").Set("alpha", 0.5f);
        node.Int("group", 1).Should().Be(4);
        node.Int("axis", 7).Should().Be(7);
        node.Ints("pads").Should().Equal(1, 2);
        node.Text("auto_pad", "NOTSET").Should().Be("VALID");
        node.Float("alpha", 1).Should().Be(0.5f);
        var act = () => node.Float("group", 1);
        act.Should().Throw<FaultException>();
    }
}
