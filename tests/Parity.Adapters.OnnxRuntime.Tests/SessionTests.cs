using Parity.Core;

namespace Parity.Adapters.OnnxRuntime.Tests;

public sealed class SessionTests
{
    [Theory]
    [InlineData("float", ElementType.Float32, "0000C0BF0000003F0000803F00000040")]
    [InlineData("double", ElementType.Float64, "000000000000F8BF000000000000E03F000000000000F03F0000000000000040")]
    [InlineData("float16", ElementType.Float16, "00BE0038003C0040")]
    [InlineData("bfloat16", ElementType.BFloat16, "C0BF003F803F0040")]
    [InlineData("int8", ElementType.Int8, "FF000102")]
    [InlineData("int16", ElementType.Int16, "FFFF000001000200")]
    [InlineData("int32", ElementType.Int32, "FFFFFFFF000000000100000002000000")]
    [InlineData("int64", ElementType.Int64, "FFFFFFFFFFFFFFFF000000000000000001000000000000000200000000000000")]
    [InlineData("uint8", ElementType.UInt8, "00010203", true)]
    [InlineData("uint16", ElementType.UInt16, "0000010002000300", true)]
    [InlineData("uint32", ElementType.UInt32, "00000000010000000200000003000000", true)]
    [InlineData("uint64", ElementType.UInt64, "0000000000000000010000000000000002000000000000000300000000000000", true)]
    [InlineData("bool", ElementType.Bool, "01010101")]
    public void Outputs_of_every_element_type_keep_their_bytes(string output, ElementType type, string hex, bool natural = false)
    {
        using ISession session = TestModels.Open(TestModels.Tiny("types"), TestModels.Contract(2, 2));
        float[] channel = natural ? [0, 1, 2, 3] : [-1.5f, 0.5f, 1, 2];

        Tensor tensor = session.Run(Tensor.Create([.. channel, .. channel, .. channel], 1, 3, 2, 2))[output];

        tensor.Type.Should().Be(type);
        tensor.Shape.Should().Equal(1, 3, 2, 2);
        Convert.ToHexString(tensor.Bytes()).Should().Be(hex + hex + hex);
        session.Outputs.Single(o => o.Name == output).Type.Should().Be(type);
    }

    [Fact]
    public void NaN_and_infinity_pass_through_untouched()
    {
        using ISession session = TestModels.Open(TestModels.Tiny("identity"), TestModels.Contract(8, 8));
        var data = new float[192];
        data[5] = BitConverter.Int32BitsToSingle(0x7FC12345);
        data[6] = float.NegativeInfinity;

        Tensor output = session.Run(Tensor.Create(data, 1, 3, 8, 8))["y"];

        output.Bytes().ToArray().Should().Equal(Tensor.Create(data, 1, 3, 8, 8).Bytes().ToArray());
    }

    [Fact]
    public void Outputs_stay_as_they_are_when_the_session_runs_again_and_is_disposed()
    {
        Tensor first, copy;
        using (ISession session = TestModels.Open(TestModels.Tiny("qdq_uint8"), TestModels.Contract(32, 32)))
        {
            first = session.Run(TestModels.Noise(1, -1, 1, 1, 3, 32, 32))["y"];
            copy = Tensor.Create(first.Span<float>().ToArray(), first.Shape.AsSpan());
            session.Run(TestModels.Noise(2, -1, 1, 1, 3, 32, 32));
        }

        first.Bytes().SequenceEqual(copy.Bytes()).Should().BeTrue();
    }

    [Fact]
    public void Reused_tensors_hold_the_last_run_in_the_memory_of_the_run_before()
    {
        string model = TestModels.Tiny("qdq_uint8");
        var request = new SessionRequest(model, TestModels.Contract(32, 32), ["relu1"], ReusesTensors: true);
        using ISession reusing = TestModels.Cpu.Open(request);
        using ISession fresh = TestModels.Cpu.Open(request with { ReusesTensors = false });
        Tensor[] inputs = [.. Enumerable.Range(1, 4).Select(i => TestModels.Noise(i, -1, 1, 1, 3, 32, 32))];

        var earlier = reusing.Run(inputs[0]);
        for (int i = 1; i < inputs.Length; i++)
        {
            var later = reusing.Run(inputs[i]);
            var expected = fresh.Run(inputs[i]);
            foreach (string name in new[] { "y", "relu1" })
            {
                later[name].Storage.Should().BeSameAs(earlier[name].Storage);
                later[name].Bytes().SequenceEqual(expected[name].Bytes()).Should().BeTrue(name);
            }
        }
    }

    [Fact]
    public void An_open_batch_takes_one_picture_and_stays_open_in_the_ports()
    {
        using ISession session = TestModels.Open(TestModels.Tiny("open_batch"), TestModels.Contract(8, 8));

        session.Outputs.Should().ContainSingle().Which.ToString().Should().Be("y Float32 [?,3,8,8]");
        session.Run(TestModels.Noise(1, 0, 1, 1, 3, 8, 8))["y"].Shape.Should().Equal(1, 3, 8, 8);
    }

    [Fact]
    public void An_input_that_the_model_does_not_take_is_a_fault_of_that_run_only()
    {
        using ISession session = TestModels.Open(TestModels.Tiny("identity"), TestModels.Contract(8, 8));

        Fault fault = TestModels.FaultsOf(() => session.Run(TestModels.Noise(1, 0, 1, 1, 3, 8, 9))).Should().ContainSingle().Subject;

        fault.What.Should().Contain("Float32 [1,3,8,9]").And.Contain("Expected: 8");
        session.Run(TestModels.Noise(1, 0, 1, 1, 3, 8, 8)).Should().ContainKey("y");
    }

    [Fact]
    public void Yolox_nano_gives_the_same_bytes_twice_in_two_sessions_and_with_two_threads()
    {
        string model = TestModels.Real("models/yolox_nano.onnx");
        Tensor input = TestModels.Noise(3, 0, 255, 1, 3, 416, 416);
        using ISession one = TestModels.Open(model, TestModels.Contract(416, 416));
        using ISession two = TestModels.Open(model, TestModels.Contract(416, 416), threads: 2);

        Tensor first = one.Run(input)["output"];

        first.Shape.Should().Equal(1, 3549, 85);
        first.Span<float>().ToArray().Distinct().Should().HaveCountGreaterThan(10_000);
        one.Run(input)["output"].Bytes().SequenceEqual(first.Bytes()).Should().BeTrue();
        two.Run(input)["output"].Bytes().SequenceEqual(first.Bytes()).Should().BeTrue();
    }
}
