using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;

namespace Parity.Onnx.Tests;

public sealed class ShapeInferenceTests
{
    [Fact]
    public void Every_case_of_onnx_own_inference_is_matched()
    {
        using var cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "ShapeOracle", "cases.json")));
        foreach (var item in cases.RootElement.EnumerateArray())
        {
            string name = item.GetProperty("name").GetString()!;
            var model = OnnxModel.Parse(item.GetProperty("model").GetBytesFromBase64());
            var inferred = ShapeInference.Of(model);
            inferred.Unknown.Should().BeEmpty(name);
            int i = 0;
            foreach (var output in item.GetProperty("outputs").EnumerateArray())
            {
                var found = inferred.Of(model.Graph.Nodes[0].Outputs[i++]);
                ((int)found.Type).Should().Be(output.GetProperty("type").GetInt32(), name);
                if (output.GetProperty("shape").ValueKind == JsonValueKind.Null)
                    continue;
                found.Shape.Should().NotBeNull(name);
                var expected = output.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32()).ToArray();
                found.Shape!.Value.Length.Should().Be(expected.Length, name);
                for (int d = 0; d < expected.Length; d++)
                    if (expected[d] >= 0)
                        found.Shape.Value[d].Should().Be(expected[d], $"{name} dimension {d}");
            }
        }
        cases.RootElement.GetArrayLength().Should().BeGreaterThan(85);
    }

    [Fact]
    public void A_reshape_by_computed_extents_is_whole_and_keeps_an_open_batch_open()
    {
        var model = OnnxModel.Create(17);
        var graph = model.Graph;
        graph.AddInput("x", TensorType.Float32, -1, 3, 8, 6);
        graph.SetInitializer("zero", Tensor.Create(new[] { 0L }, 1));
        graph.SetInitializer("tail", Tensor.Create(new[] { 3L, -1L }, 2));
        graph.Add(new Node("Shape", ["x"], ["shape"]));
        graph.Add(new Node("Gather", ["shape", "zero"], ["batch"]).Set("axis", 0));
        graph.Add(new Node("Concat", ["batch", "tail"], ["target"]).Set("axis", 0));
        graph.Add(new Node("Reshape", ["x", "target"], ["y"]));
        graph.AddOutput("y", TensorType.Float32);

        ShapeInference.Of(model).ShapeOf("y").Should().BeEquivalentTo(ImmutableArray.Create(-1, 3, -1));
        var pinned = ShapeInference.Of(model, new Dictionary<string, ImmutableArray<int>> { ["x"] = [5, 3, 8, 6] });
        pinned.ShapeOf("y")!.Value.Should().Equal(5, 3, 48);
        pinned.ValueOf("target")!.Value.Should().Equal(5, 3, -1);
    }

    [Fact]
    public void An_unknown_operator_leaves_its_output_open_and_is_listed()
    {
        var model = OnnxModel.Create(17);
        model.Graph.AddInput("x", TensorType.Float32, 2, 3);
        model.Graph.Add(new Node("Mystery", ["x"], ["y"], "odd"));
        model.Graph.Add(new Node("Relu", ["y"], ["z"], "relu"));
        model.Graph.AddOutput("z", TensorType.Float32);
        var inferred = ShapeInference.Of(model);
        inferred.ShapeOf("y").Should().BeNull();
        inferred.ShapeOf("z").Should().BeNull();
        inferred.Unknown.Should().ContainSingle().Which.Node.Name.Should().Be("odd");
        GraphInspection.Of(model).Macs.Should().BeNull();
    }

    [Fact]
    public void Operands_that_contradict_each_other_are_listed_with_the_reason()
    {
        var model = OnnxModel.Create(17);
        model.Graph.AddInput("a", TensorType.Float32, 2, 3);
        model.Graph.AddInput("b", TensorType.Float32, 4, 5);
        model.Graph.Add(new Node("MatMul", ["a", "b"], ["y"]));
        model.Graph.AddOutput("y", TensorType.Float32);
        ShapeInference.Of(model).Unknown.Should().ContainSingle().Which.Reason.Should().Be("inner extents 3 and 4");
    }

    [Fact]
    public void Pinning_a_name_that_is_no_input_or_a_shape_that_contradicts_is_a_fault()
    {
        var model = OnnxModel.Create(17);
        model.Graph.AddInput("x", TensorType.Float32, -1, 3);
        var act = () => ShapeInference.Of(model, new Dictionary<string, ImmutableArray<int>> { ["x"] = [1, 4], ["q"] = [1] });
        act.Should().Throw<FaultException>().Which.Faults.Should().HaveCount(2);
    }
}
