using Parity.Core;
using Parity.Onnx.Proto;

namespace Parity.Onnx.Tests;

public sealed class LinearQuantizationTests
{
    [Fact]
    public void Dequantizing_gives_the_outputs_of_onnx_node_tests_bit_for_bit()
    {
        int cases = 0;
        foreach (var (name, node, tensors, expected) in Cases("test_dequantizelinear"))
        {
            if (tensors[1].DataType != (int)TensorType.Float32)
                continue;
            var codes = TensorCodec.Decode(tensors[0], name);
            var scale = TensorCodec.Decode(tensors[1], name);
            var (axis, block) = Layout(node, scale);
            var values = LinearQuantization.Dequantize(codes, scale.Span<float>(), ZeroPoints(tensors, scale), axis, block, name);
            values.Span<float>().ToArray().Should().Equal(expected.Span<float>().ToArray(), name);
            cases++;
        }
        cases.Should().BeGreaterThanOrEqualTo(12);
    }

    [Fact]
    public void Quantizing_to_integers_gives_the_codes_of_onnx_node_tests()
    {
        int cases = 0;
        foreach (var (name, node, tensors, expected) in Cases("test_quantizelinear"))
        {
            var type = tensors.Count > 2 ? (TensorType)tensors[2].DataType : (TensorType)node.Int("output_dtype", (long)TensorType.UInt8);
            if (TensorTypes.Range(type) is null)
                continue;
            var scale = TensorCodec.Decode(tensors[1], name);
            var (axis, block) = Layout(node, scale);
            var codes = LinearQuantization.Quantize(TensorCodec.Decode(tensors[0], name), type, scale.Span<float>(), ZeroPoints(tensors, scale), axis, block, name);
            codes.Bytes().ToArray().Should().Equal(expected.Bytes().ToArray(), name);
            cases++;
        }
        cases.Should().BeGreaterThanOrEqualTo(9);
    }

    [Fact]
    public void Nan_and_scales_that_do_not_fit_are_faults()
    {
        var nan = () => LinearQuantization.Quantize(Tensor.Create(new[] { float.NaN }, 1), TensorType.Int8, [1f], [0], null, 0, "w");
        nan.Should().Throw<FaultException>().WithMessage("*NaN*");
        var three = () => LinearQuantization.Dequantize(Tensor.Create(new sbyte[4], 2, 2), [1f, 1f, 1f], [0, 0, 0], 1, 0, "w");
        three.Should().Throw<FaultException>().WithMessage("*3 scales*");
    }

    private static IEnumerable<(string Name, Node Node, List<TensorProto> Inputs, Tensor Output)> Cases(string prefix)
    {
        foreach (string folder in Directory.GetDirectories(SharedData.Folder("onnx-node-tests"), prefix + "*").Order(StringComparer.Ordinal))
        {
            var node = OnnxModel.Load(Path.Combine(folder, "model.onnx")).Graph.Nodes[0];
            var inputs = Directory.GetFiles(Path.Combine(folder, "test_data_set_0"), "input_*.pb").Order(StringComparer.Ordinal)
                .Select(f => TensorProto.Parser.ParseFrom(File.ReadAllBytes(f))).ToList();
            var output = TensorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "test_data_set_0", "output_0.pb")));
            yield return (Path.GetFileName(folder), node, inputs, TensorCodec.Decode(output, folder));
        }
    }

    private static (int? Axis, int Block) Layout(Node node, Tensor scale)
    {
        int block = (int)node.Int("block_size", 0);
        return (scale.Count > 1 || block > 0 ? (int)node.Int("axis", 1) : null, block);
    }

    private static long[] ZeroPoints(List<TensorProto> inputs, Tensor scale) =>
        inputs.Count > 2 && TensorTypes.Range((TensorType)inputs[2].DataType) is not null
            ? [.. LinearQuantization.Codes(TensorCodec.Decode(inputs[2], "zero point"))]
            : new long[scale.Count];
}
