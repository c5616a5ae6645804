using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.OnnxRuntime.Tests;

public sealed class TapTests : IDisposable
{
    private static readonly string[] BeforeQuantize = ["x", "relu1", "pool", "relu2", "conv3", "sum", "conv4"];
    private static readonly InputContract Contract = TestModels.Contract(32, 32);
    private static readonly Tensor Input = TestModels.Noise(5, -1, 1, 1, 3, 32, 32);

    private readonly string _folder = Directory.CreateTempSubdirectory("parity-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("qdq_int8")]
    [InlineData("qdq_uint8")]
    public void Taps_leave_the_optimised_outputs_as_they_were_bit_for_bit(string model)
    {
        using ISession plain = TestModels.Open(TestModels.Tiny(model), Contract);
        using ISession tapped = TestModels.Open(TestModels.Tiny(model), Contract, BeforeQuantize);

        var outputs = tapped.Run(Input);

        outputs["y"].Bytes().SequenceEqual(plain.Run(Input)["y"].Bytes()).Should().BeTrue();
        outputs.Keys.Should().BeEquivalentTo(["y", .. BeforeQuantize]);
        tapped.Outputs.Should().ContainSingle().Which.Name.Should().Be("y");
        tapped.Arithmetic.IntegerMacShare.Should().Be(plain.Arithmetic.IntegerMacShare);
    }

    [Theory]
    [InlineData("qdq_int8")]
    [InlineData("qdq_uint8")]
    public void Making_the_float_tensors_outputs_would_have_changed_the_result(string model)
    {
        OnnxModel naive = OnnxModel.Load(TestModels.Tiny(model));
        foreach (string tensor in BeforeQuantize.Where(t => !naive.Graph.IsInput(t)))
            naive.Graph.AddOutput(tensor, TensorType.Float32);
        string path = Path.Combine(_folder, "naive.onnx");
        naive.Save(path);
        using ISession plain = TestModels.Open(TestModels.Tiny(model), Contract);
        using ISession changed = TestModels.Open(path, Contract);

        changed.Run(Input)["y"].Bytes().SequenceEqual(plain.Run(Input)["y"].Bytes()).Should().BeFalse();
        changed.Arithmetic.IntegerMacShare.Should().BeLessThan(plain.Arithmetic.IntegerMacShare!.Value);
    }

    [Theory]
    [InlineData("qdq_int8")]
    [InlineData("qdq_uint8")]
    public void A_tap_in_front_of_a_quantize_is_what_its_dequantize_gives(string model)
    {
        // The oracle is ONNX Runtime's own DequantizeLinear, unoptimised, where its output may be fetched without changing anything.
        OnnxModel oracle = OnnxModel.Load(TestModels.Tiny(model));
        foreach (string tensor in BeforeQuantize)
            oracle.Graph.AddOutput($"{tensor}_dq", TensorType.Float32);
        string path = Path.Combine(_folder, "oracle.onnx");
        oracle.Save(path);
        using ISession expected = TestModels.Open(path, Contract, optimize: false);
        using ISession tapped = TestModels.Open(TestModels.Tiny(model), Contract, [.. BeforeQuantize, "sum_dq"], optimize: false);

        var values = expected.Run(Input);
        var taps = tapped.Run(Input);

        foreach (string tensor in BeforeQuantize)
            taps[tensor].ToFloat32().Bytes().SequenceEqual(values[$"{tensor}_dq"].Bytes()).Should().BeTrue(tensor);
        taps["sum_dq"].ToFloat32().Bytes().SequenceEqual(values["sum_dq"].Bytes()).Should().BeTrue();
    }

    [Fact]
    public void A_tensor_quantized_per_channel_is_dequantized_per_channel()
    {
        using ISession session = TestModels.Open(TestModels.Tiny("per_channel"), TestModels.Contract(2, 2), ["squared"]);

        Tensor tap = session.Run(Tensor.Create([1f, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 9], 1, 3, 2, 2))["squared"];

        // Steps of 0.5 and 0.25 hold 1, 4, 9 and 16; steps of 2 round half to even: 1 to 0, 9 to 8, 81 to 80.
        tap.ToFloat32().Span<float>().ToArray().Should().Equal(1, 4, 9, 16, 1, 4, 9, 16, 0, 4, 8, 80);
    }

    [Fact]
    public void Float_tensors_outputs_and_the_input_can_be_tapped_in_a_float_model()
    {
        string model = TestModels.Real("models/yolox_nano.onnx");
        Tensor input = TestModels.Noise(3, 0, 255, 1, 3, 416, 416);
        string inner = OnnxModel.Load(model).Graph.Nodes.First(n => n.OpType == "Conv").Outputs[0];
        using ISession session = TestModels.Open(model, TestModels.Contract(416, 416), [inner, "output", "images", inner]);

        var tensors = session.Run(input);

        tensors.Keys.Should().BeEquivalentTo("output", "images", inner);
        tensors["images"].Should().BeSameAs(input);
        tensors[inner].Shape.Should().Equal(1, 16, 208, 208);
        session.Outputs.Should().ContainSingle().Which.Name.Should().Be("output");
    }

    [Fact]
    public void All_wrong_taps_are_named_at_once_with_the_nearest_tensor()
    {
        var faults = TestModels.FaultsOf(() => TestModels.Open(TestModels.Tiny("qdq_int8"), Contract, ["rellu1", "relu2", "conv1_w_q", "conv1_w_dq", "nothing"]));

        faults.Select(f => f.What).Should().Equal(
            "there is no tensor 'rellu1' to tap",
            "tap 'conv1_w_q' is a constant",
            "tap 'conv1_w_dq' is a constant",
            "there is no tensor 'nothing' to tap");
        faults[0].Remedy.Should().Contain("such as 'relu1'");
    }
}
