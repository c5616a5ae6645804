using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.OnnxRuntime.Tests;

public sealed class ArithmeticTests
{
    [Fact]
    public void A_float_model_is_float32_and_says_what_ran_it()
    {
        using ISession session = TestModels.Open(TestModels.Tiny("identity"), TestModels.Contract(8, 8), threads: 2);

        session.Arithmetic.Name.Should().Be("float32");
        session.Arithmetic.IntegerMacShare.Should().BeNull();
        session.Arithmetic.Detail.Should().StartWith("ONNX Runtime 1.").And.Contain("CPUExecutionProvider, graph optimisation all, 2 threads, ");
    }

    [Theory]
    [InlineData("qdq_int8")]
    [InlineData("qdq_uint8")]
    public void An_unoptimised_qdq_model_is_emulated_in_float(string model)
    {
        using ISession session = TestModels.Open(TestModels.Tiny(model), TestModels.Contract(32, 32), optimize: false);

        session.Arithmetic.Name.Should().Be("emulated in float");
        session.Arithmetic.IntegerMacShare.Should().Be(0);
        session.Arithmetic.Detail.Should().Contain("graph optimisation off, 1 thread, ");
    }

    [Theory]
    [InlineData("qdq_int8")]
    [InlineData("qdq_uint8")]
    public void An_optimised_qdq_model_tells_its_share_of_integer_kernels(string model)
    {
        using ISession session = TestModels.Open(TestModels.Tiny(model), TestModels.Contract(32, 32));

        // Output extent x inputs summed per output; the head stays float.
        double quantized = (32 * 32 * 16 * 3 * 9) + (2 * 16 * 16 * 16 * 16 * 9) + (16 * 16 * 8 * 16);
        double head = 16 * 16 * 4 * 8;
        session.Arithmetic.Name.Should().Be("integer kernels");
        session.Arithmetic.IntegerMacShare.Should().BeApproximately(quantized / (quantized + head), 1e-12);
        session.Arithmetic.Detail.Should().EndWith("99.51 % of multiply-accumulates in integer kernels (mixed)");
    }

    [Fact]
    public void A_convolution_kept_in_float_between_quantized_ones_is_not_quantized_by_the_runtime()
    {
        // ONNX Runtime's WeightBiasQuantization would turn the float weights into codes of its own choice.
        OnnxModel model = OnnxModel.Load(TestModels.Tiny("qdq_uint8"));
        Node kept = model.Graph.Nodes.Where(n => n.Is("Conv")).ElementAt(1);
        Tensor weights = FloatTwin.Of(model).Graph.Constant(FloatTwin.Of(model).Graph.NodeNamed(kept.Name)!.Input(1))!;
        model.Graph.SetInitializer("weights in float", weights);
        model.Graph.SetInput(kept, 1, "weights in float");
        string path = Path.Combine(Directory.CreateTempSubdirectory("parity-kept-").FullName, "kept.onnx");
        model.Save(path);

        using ISession session = TestModels.Open(path, TestModels.Contract(32, 32));

        double all = (32 * 32 * 16 * 3 * 9) + (2 * 16 * 16 * 16 * 16 * 9) + (16 * 16 * 8 * 16) + (16 * 16 * 4 * 8);
        double keptMacs = 16 * 16 * 16 * 16 * 9;
        double head = 16 * 16 * 4 * 8;
        session.Arithmetic.IntegerMacShare.Should().BeApproximately((all - keptMacs - head) / all, 1e-12);
    }

    [Fact]
    public void Int8_activations_run_as_uint8_and_answer_as_the_model_written_in_uint8()
    {
        // The two files hold the same weights, scales and real ranges; only the codes differ by 128.
        if (Processor.HasVnni != true)
            Assert.Skip("without VNNI int8 stays int8, because unsigned by signed products saturate");
        Tensor input = TestModels.Noise(9, -1, 1, 1, 3, 32, 32);
        using ISession signed = TestModels.Open(TestModels.Tiny("qdq_int8"), TestModels.Contract(32, 32));
        using ISession unsigned = TestModels.Open(TestModels.Tiny("qdq_uint8"), TestModels.Contract(32, 32));

        signed.Run(input)["y"].Bytes().SequenceEqual(unsigned.Run(input)["y"].Bytes()).Should().BeTrue();
        signed.Arithmetic.Detail.Should().Contain("int8 activations run as uint8 with zero point + 128");
        unsigned.Arithmetic.Detail.Should().NotContain("int8 activations");
    }

    [Fact]
    public void Int8_codes_that_somebody_reads_stay_int8()
    {
        OnnxModel model = OnnxModel.Load(TestModels.Tiny("qdq_int8"));
        model.Graph.AddOutput("relu1_q", TensorType.Int8);
        string path = Path.Combine(Directory.CreateTempSubdirectory("parity-tests-").FullName, "codes.onnx");
        model.Save(path);

        using ISession session = TestModels.Open(path, TestModels.Contract(32, 32));

        session.Run(TestModels.Noise(9, -1, 1, 1, 3, 32, 32))["relu1_q"].Type.Should().Be(ElementType.Int8);
        session.Arithmetic.Detail.Should().NotContain("int8 activations");
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void A_qdq_model_whose_layers_stay_float_is_emulated_in_float()
    {
        // Activations quantized, weights not: nothing to fuse.
        OnnxModel model = OnnxModel.Create(13);
        model.Graph.AddInput("x", TensorType.Float32, 1, 3, 8, 8);
        model.Graph.SetInitializer("s", Tensor.Create(new[] { 0.1f }));
        model.Graph.SetInitializer("z", Tensor.Create(new sbyte[] { 3 }));
        model.Graph.SetInitializer("w", TestModels.Noise(1, -1, 1, 4, 3, 3, 3));
        model.Graph.Add(new Node("QuantizeLinear", ["x", "s", "z"], ["q"]));
        model.Graph.Add(new Node("DequantizeLinear", ["q", "s", "z"], ["dq"]));
        model.Graph.Add(new Node("Conv", ["dq", "w"], ["y"]));
        model.Graph.AddOutput("y", TensorType.Float32, [1, 4, 6, 6]);
        string path = Path.Combine(Directory.CreateTempSubdirectory("parity-tests-").FullName, "half.onnx");
        model.Save(path);

        using ISession session = TestModels.Open(path, TestModels.Contract(8, 8));

        session.Arithmetic.Name.Should().Be("emulated in float");
        session.Arithmetic.IntegerMacShare.Should().Be(0);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }
}
