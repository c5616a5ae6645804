using Google.Protobuf;
using Parity.Core;
using Parity.Onnx.Proto;

namespace Parity.Onnx.Tests;

public sealed class ModelFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("parity-onnx-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void External_data_is_written_aligned_and_read_back_the_same()
    {
        var model = QdqTests.ConvNet();
        model.Graph.SetInitializer("big", Tensor.Create(Enumerable.Range(0, 3000).Select(i => i * 0.5f).ToArray(), 3000));
        model.Graph.SetInitializer("big2", Tensor.Create(Enumerable.Range(0, 3000).ToArray(), 3000));
        string path = Path.Combine(_folder, "m.onnx");
        model.SaveExternal(path, 1024);
        var stored = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Initializer.Single(t => t.Name == "big2");
        stored.HasRawData.Should().BeFalse();
        stored.ExternalData.Single(e => e.Key == "offset").Value.Should().Be("12288", "12000 bytes before it, rounded up to 4096");
        OnnxModel.Load(path).ToBytes().Should().Equal(model.ToBytes());
    }

    [Theory]
    [InlineData("../secret.bin", "outside")]
    [InlineData("/etc/passwd", "outside")]
    [InlineData("gone.bin", "missing")]
    [InlineData("short.bin", "not inside")]
    public void External_data_outside_the_folder_missing_or_short_is_a_fault(string location, string what)
    {
        File.WriteAllBytes(Path.Combine(_folder, "short.bin"), new byte[4]);
        var proto = ModelProto.Parser.ParseFrom(QdqTests.ConvNet().ToBytes());
        var tensor = proto.Graph.Initializer[0];
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = "8" });
        string path = Path.Combine(_folder, "m.onnx");
        File.WriteAllBytes(path, proto.ToByteArray());
        var act = () => OnnxModel.Load(path);
        act.Should().Throw<FaultException>().Which.Faults.Should().ContainSingle().Which.What.Should().Contain(what);
        var parse = () => OnnxModel.Parse(File.ReadAllBytes(path));
        parse.Should().Throw<FaultException>();
    }

    [Fact]
    public void A_missing_file_text_and_a_truncated_model_are_faults()
    {
        FaultOf(() => OnnxModel.Load(Path.Combine(_folder, "none.onnx"))).What.Should().Contain("no such file");
        FaultOf(() => OnnxModel.Parse("this is no model"u8)).What.Should().Contain("no ONNX model");
        FaultOf(() => OnnxModel.Parse([])).What.Should().Contain("no graph");
        byte[] bytes = QdqTests.ConvNet().ToBytes();
        FaultOf(() => OnnxModel.Parse(bytes.AsSpan(0, bytes.Length - 20))).What.Should().Contain("truncated");
    }

    [Fact]
    public void A_newer_opset_doubled_tensors_and_cycles_are_faults_that_name_the_place()
    {
        var proto = ModelProto.Parser.ParseFrom(QdqTests.ConvNet().ToBytes());
        var newer = proto.Clone();
        newer.OpsetImport[0].Version = 26;
        FaultOf(() => OnnxModel.Parse(newer.ToByteArray())).What.Should().Contain("opset 26");

        var doubled = proto.Clone();
        doubled.Graph.Node.Add(new NodeProto { Name = "again", OpType = "Relu", Input = { "x" }, Output = { "conv" } });
        FaultOf(() => OnnxModel.Parse(doubled.ToByteArray())).Should().Match<Fault>(f => f.What.Contains("conv") && f.Where.Contains("again"));

        var dangling = proto.Clone();
        dangling.Graph.Node.Add(new NodeProto { Name = "lost", OpType = "Relu", Input = { "nowhere" }, Output = { "o" } });
        FaultOf(() => OnnxModel.Parse(dangling.ToByteArray())).What.Should().Contain("nowhere");

        var cycle = proto.Clone();
        cycle.Graph.Node.Add(new NodeProto { Name = "p", OpType = "Relu", Input = { "r" }, Output = { "q" } });
        cycle.Graph.Node.Add(new NodeProto { Name = "s", OpType = "Relu", Input = { "q" }, Output = { "r" } });
        FaultOf(() => OnnxModel.Parse(cycle.ToByteArray())).What.Should().Contain("s -> p -> s");
    }

    [Fact]
    public void Fields_this_code_does_not_know_survive()
    {
        byte[] bytes = QdqTests.ConvNet().ToBytes();
        // Field 999 of the model, a varint of 5.
        byte[] extended = [.. bytes, 0xB8, 0x3E, 0x05];
        OnnxModel.Parse(extended).ToBytes().Should().Equal(extended);
    }

    private static Fault FaultOf(Func<OnnxModel> read) => read.Should().Throw<FaultException>().Which.Faults.Should().ContainSingle().Subject;

}
