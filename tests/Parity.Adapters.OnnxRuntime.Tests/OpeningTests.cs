using Parity.Core;

namespace Parity.Adapters.OnnxRuntime.Tests;

public sealed class OpeningTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("parity-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Another_size_names_the_keys_to_change()
    {
        Fault fault = FaultOf("identity", TestModels.Contract(416, 8));

        fault.What.Should().Be("input 'x' is float32 [1,3,8,8], the suite prepares float32 [1,3,8,416]: the size differs");
        fault.Where.Should().EndWith("identity.onnx");
        fault.Remedy.Should().Be("Set the suite's 'preprocessing.size' to [8, 8].");
    }

    [Fact]
    public void Another_layout_names_the_layout_to_set() =>
        FaultOf("channels_last", TestModels.Contract(6, 8)).Remedy.Should().Be("Set the suite's 'preprocessing.layout' to nhwc.");

    [Fact]
    public void A_fitting_nhwc_input_opens_with_its_contract()
    {
        var contract = TestModels.Contract(6, 8, layout: TensorLayout.Nhwc);

        using ISession session = TestModels.Open(TestModels.Tiny("channels_last"), contract);

        session.Input.Should().Be(contract);
    }

    [Fact]
    public void Type_and_size_are_both_reported()
    {
        var faults = Faults("bytes_16x8", TestModels.Contract(8, 16));

        faults.Select(f => f.Remedy).Should().Equal(
            "Set the suite's 'preprocessing.type' to uint8.",
            "Set the suite's 'preprocessing.size' to [16, 8].");
    }

    [Fact]
    public void A_fixed_batch_is_a_fault() => FaultOf("batch_of_four", TestModels.Contract(8, 8)).What.Should().EndWith("the batch is fixed at 4");

    [Fact]
    public void A_flat_input_is_a_fault() => FaultOf("flat", TestModels.Contract(8, 8)).What.Should().EndWith("it has 2 dimensions, not 4");

    [Fact]
    public void Two_inputs_are_a_fault_that_names_both() => FaultOf("two_inputs", TestModels.Contract(8, 8)).What.Should().StartWith("the model has 2 inputs ('a', 'b')");

    [Fact]
    public void An_output_of_texts_is_a_fault() => FaultOf("texts", TestModels.Contract(8, 8)).What.Should().Be("output 'y' is of type string, which is not read");

    [Fact]
    public void A_newer_opset_is_a_fault() => FaultOf("future_opset", TestModels.Contract(8, 8)).ToString().Should().Contain("opset").And.Contain("99");

    [Fact]
    public void An_unknown_operator_is_a_fault_with_the_sentence_of_onnx_runtime()
    {
        Fault fault = FaultOf("unknown_operator", TestModels.Contract(8, 8));

        fault.What.Should().Contain("Telepathy").And.NotContain("ErrorCode").And.NotContain(".cc:");
        fault.Remedy.Should().StartWith("Replace the operator");
    }

    [Fact]
    public void Missing_truncated_and_foreign_files_are_faults_with_a_remedy()
    {
        byte[] whole = File.ReadAllBytes(TestModels.Tiny("qdq_int8"));
        string truncated = Write("truncated.onnx", whole[..(whole.Length / 2)]);
        string foreign = Write("foreign.onnx", "<html>not found</html>"u8.ToArray());
        string empty = Write("empty.onnx", []);

        foreach (string path in new[] { Path.Combine(_folder, "missing.onnx"), truncated, foreign, empty })
        {
            Fault fault = TestModels.FaultsOf(() => TestModels.Open(path, TestModels.Contract(32, 32))).Should().ContainSingle().Subject;
            fault.Where.Should().StartWith(path);
            fault.Remedy.Should().NotBeEmpty();
        }
    }

    [Fact]
    public void The_cpu_is_ready()
    {
        TestModels.Cpu.Name.Should().Be("onnxruntime-cpu");
        TestModels.Cpu.Availability.Should().Be(Availability.Ready);
    }

    [Theory]
    [InlineData(ExecutionProvider.Cuda, "onnxruntime-cuda")]
    [InlineData(ExecutionProvider.TensorRt, "onnxruntime-tensorrt")]
    public void An_absent_provider_says_why_and_what_to_do_and_opens_nothing(ExecutionProvider provider, string name)
    {
        var backend = new OnnxRuntimeBackend(provider);
        backend.Name.Should().Be(name);
        if (backend.Availability.IsReady)
            Assert.Skip($"{name} is ready on this machine");

        backend.Availability.Reason.Should().NotBeNullOrEmpty();
        backend.Availability.Remedy.Should().NotBeNullOrEmpty();
        var request = new SessionRequest(TestModels.Tiny("identity"), TestModels.Contract(8, 8), []);
        TestModels.FaultsOf(() => backend.Open(request)).Should().ContainSingle().Which.What.Should().Contain(backend.Availability.Reason);
    }

    private static Fault FaultOf(string model, InputContract contract) => Faults(model, contract).Should().ContainSingle().Subject;

    private static IReadOnlyList<Fault> Faults(string model, InputContract contract) =>
        TestModels.FaultsOf(() => TestModels.Open(TestModels.Tiny(model), contract));

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
