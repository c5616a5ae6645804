using System.Collections.Immutable;
using Google.Protobuf;
using Parity.Onnx.Proto;

namespace Parity.Onnx.Tests;

public sealed class RealModelTests
{
    private static readonly string[] Models =
    [
        "FastestDet.onnx", "SINet.onnx", "en_number_mobile_v2.0_rec_infer.onnx", "prisma_nchw.onnx", "yolox_nano.onnx", "yolox_nano_relu_tengine.onnx",
    ];

    [Fact]
    public void Every_real_model_and_node_test_survives_a_round_trip_apart_from_names_given_to_unnamed_nodes()
    {
        var files = Models.Select(m => Path.Combine(SharedData.Folder("models"), m)).Concat(SharedData.NodeTests()).ToList();
        files.Should().HaveCount(6 + 105);
        foreach (string file in files)
        {
            byte[] bytes = File.ReadAllBytes(file);
            var before = ModelProto.Parser.ParseFrom(bytes);
            var after = ModelProto.Parser.ParseFrom(OnnxModel.Load(file).ToBytes());
            after.Graph.Node.Select(n => n.Name).Should().OnlyHaveUniqueItems(file).And.NotContain("");
            for (int i = 0; i < before.Graph.Node.Count; i++)
            {
                if (before.Graph.Node[i].Name.Length > 0)
                    continue;
                if (before.Graph.Node[i].HasName)
                    after.Graph.Node[i].Name = "";
                else
                    after.Graph.Node[i].ClearName();
            }
            after.Equals(before).Should().BeTrue(file);
            after.ToByteArray().Should().Equal(before.ToByteArray(), file);
        }
    }

    [Fact]
    public void Inference_gives_whole_shapes_that_agree_with_everything_real_models_declare()
    {
        foreach (string file in Models)
        {
            var model = SharedData.Model(file);
            var inferred = ShapeInference.Of(model);
            inferred.Unknown.Should().BeEmpty(file);
            var declared = model.Graph.Nodes.SelectMany(n => n.Outputs).Select(model.Graph.Declared).OfType<TensorInfo>();
            foreach (var info in declared)
            {
                inferred.TypeOf(info.Name).Should().Be(info.Type, $"{file} {info.Name}");
                if (info.Shape is not { } declaredShape)
                    continue;
                var shape = inferred.ShapeOf(info.Name);
                shape.Should().NotBeNull($"{file} {info.Name}");
                shape!.Value.Length.Should().Be(declaredShape.Length, $"{file} {info.Name}");
                foreach (var (found, said) in shape.Value.Zip(declaredShape))
                    if (said >= 0 && found >= 0)
                        found.Should().Be(said, $"{file} {info.Name} [{string.Join(',', shape.Value)}]");
            }
        }
    }

    [Theory]
    [InlineData("yolox_nano.onnx", "", 1, 3, 416, 416, "[1,3549,85]")]
    [InlineData("FastestDet.onnx", "", 1, 3, 352, 352, "[1,85,22,22]")]
    [InlineData("SINet.onnx", "", 1, 3, 320, 320, "[1,2,320,320]")]
    [InlineData("prisma_nchw.onnx", "input", 1, 3, 256, 256, "[1,1,256,256]")]
    [InlineData("en_number_mobile_v2.0_rec_infer.onnx", "x", 2, 3, 32, 320, "[2,80,97]")]
    public void With_its_batch_pinned_a_real_model_has_no_open_extent(string file, string pinned, int n, int c, int h, int w, string output)
    {
        var model = SharedData.Model(file);
        var inputs = pinned.Length == 0 ? null : new Dictionary<string, ImmutableArray<int>> { [model.Graph.Inputs[0].Name] = [n, c, h, w] };
        var inferred = ShapeInference.Of(model, inputs);
        foreach (string tensor in model.Graph.Nodes.SelectMany(node => node.Outputs).Where(o => o.Length > 0))
            inferred.CountOf(tensor).Should().NotBeNull($"{tensor} is {inferred.Of(tensor)}");
        $"[{string.Join(',', inferred.ShapeOf(model.Graph.Outputs[0].Name)!.Value)}]".Should().Be(output);
    }

    [Fact]
    public void Inference_agrees_with_the_declared_outputs_of_the_node_tests()
    {
        int compared = 0;
        foreach (string file in SharedData.NodeTests())
        {
            var model = OnnxModel.Load(file);
            var inferred = ShapeInference.Of(model);
            inferred.Unknown.Should().BeEmpty(file);
            foreach (var output in model.Graph.Outputs)
            {
                inferred.TypeOf(output.Name).Should().Be(output.Type, file);
                var shape = inferred.ShapeOf(output.Name);
                if (shape is null || output.Shape is null)
                    continue;
                shape.Value.Length.Should().Be(output.Shape.Value.Length, file);
                foreach (var (found, said) in shape.Value.Zip(output.Shape.Value))
                {
                    if (found >= 0 && said >= 0)
                    {
                        found.Should().Be(said, $"{file} {output.Name}");
                        compared++;
                    }
                }
            }
        }
        compared.Should().BeGreaterThan(50);
    }

    [Fact]
    public void Yolox_nano_costs_what_its_authors_publish_once_batch_normalisation_is_counted_as_they_do()
    {
        var inspection = GraphInspection.Of(SharedData.Model("yolox_nano.onnx"));
        // Counted from the shapes that onnx 1.12's own inference gives.
        inspection.Macs.Should().Be(522553408);
        // YOLOX's table says 1.08 GFLOPs (two to a multiply-accumulate) and 0.91 M parameters; its counter adds two for each element of the batch
        // normalisations, which this file has folded into the convolutions.
        long normalized = inspection.Layers.Where(l => l.OpType == "Conv").Sum(l => l.Outputs[0].Shape!.Value.Aggregate(1L, (n, d) => n * d));
        ((inspection.Macs!.Value + 2 * normalized) * 2 / 1e9).Should().BeApproximately(1.08, 0.005);
        (inspection.Parameters / 1e6).Should().BeApproximately(0.91, 0.01);
        inspection.OperatorCounts["Conv"].Should().Be(113);
        inspection.QuantizedMacShare.Should().Be(0);
        inspection.Unknown.Should().BeEmpty();
    }
}
