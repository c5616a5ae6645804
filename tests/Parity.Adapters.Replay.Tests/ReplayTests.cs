using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.Replay.Tests;

/// <summary>Recordings of every format, written by hand as their tools describe them, played back as sessions.</summary>
public sealed class ReplayTests : IDisposable
{
    private static readonly InputContract Contract = new(ElementType.Float32, TensorLayout.Nchw, ColorOrder.Rgb, 4, 4, 1, [0, 0, 0], [1, 1, 1]);
    private static readonly Tensor Input = Tensor.Create(new float[48], 1, 3, 4, 4);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parity-replay-");

    [Fact]
    public void An_npz_archive_is_one_sample_with_its_tensors_by_name()
    {
        Archive("picture.npz", ("y", Npy("<f4", [1, 2, 2], Floats(1, -2.5f, float.NaN, float.PositiveInfinity))), ("codes", Npy("|u1", [3], [1, 2, 255])));

        var tensors = Played("picture.npz");

        tensors["y"].Shape.Should().Equal(1, 2, 2);
        tensors["y"].Span<float>().ToArray().Should().Equal(1, -2.5f, float.NaN, float.PositiveInfinity);
        tensors["codes"].Span<byte>().ToArray().Should().Equal(1, 2, 255);
    }

    [Fact]
    public void Doubles_are_read_as_floats_and_a_scalar_has_no_extents()
    {
        byte[] data = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(data, 0.1);
        Archive("a.npz", ("s", Npy("<f8", [], data)));
        Tensor scalar = Played("a.npz")["s"];
        scalar.Shape.Should().BeEmpty();
        scalar.Span<float>()[0].Should().Be(0.1f);
    }

    [Fact]
    public void A_trtexec_export_has_dimensions_and_what_is_no_number()
    {
        Write("out.json", """
            [
              { "name" : "boxes", "dimensions" : "1x2x2", "values" : [ 1, -2.5e-1, nan, -inf ] },
              { "name" : "nan [inf]", "dimensions" : "1", "values" : [ 7 ] }
            ]
            """);
        var tensors = Played("out.json");
        tensors["boxes"].Shape.Should().Equal(1, 2, 2);
        tensors["boxes"].Span<float>().ToArray().Should().Equal(1, -0.25f, float.NaN, float.NegativeInfinity);
        tensors["nan [inf]"].Span<float>().ToArray().Should().Equal(7);
    }

    [Fact]
    public void A_Polygraphy_file_has_a_sample_an_iteration_and_the_runner_is_named_where_there_are_several()
    {
        string Array(float v) => $$"""{"values": {"array": "{{Convert.ToBase64String(Npy("<f4", [1], Floats(v)))}}", "polygraphy_class": "ndarray"}, "polygraphy_class": "LazyArray"}""";
        string Iteration(float v) => $$"""{"outputs": {"y": {{Array(v)}}}, "runtime": 0.1, "runner_name": "r", "polygraphy_class": "IterationResult"}""";
        Write("runs.json", $$"""{"lst": [["trt", [{{Iteration(1)}}, {{Iteration(2)}}]], ["ort", [{{Iteration(3)}}]]], "polygraphy_class": "RunResults"}""");

        FluentActions.Invoking(() => Played("runs.json")).Should().Throw<FaultException>().WithMessage("*2 runners*runs.json#trt, runs.json#ort*");
        using ISession session = Open("runs.json#trt");
        session.Run(Input, new Sample("7", "7.jpg"), 1)["y"].Span<float>()[0].Should().Be(2, "without names the second picture has the second sample");
        session.Run(Input, new Sample("5", "5.jpg"), 0)["y"].Span<float>()[0].Should().Be(1);
        FluentActions.Invoking(() => session.Run(Input, new Sample("9", "9.jpg"), 2)).Should().Throw<FaultException>().WithMessage("*'9.jpg' was not recorded*2 samples, taken in order*");
    }

    [Fact]
    public void Nnie_hexadecimals_are_signed_20_12_fixed_point()
    {
        Write("seg0_layer1_output0_inst.linear.hex", "00001000\nFFFFA69E\n00000001\n");
        // 0xFFFFA69E is -22882, and -22882 / 4096 is -5.58642578125.
        Played(".")["seg0_layer1_output0_inst"].Span<float>().ToArray().Should().Equal(1, -5.58642578125f, 1f / 4096);
    }

    [Fact]
    public void Of_an_Rknn_folder_the_chips_own_tensors_are_read_and_channels_come_first()
    {
        Write("golden/conv.npy", "", Npy("<f4", [1], Floats(1)));
        Write("simulator/conv.npy", "", Npy("<f4", [1], Floats(2)));
        Write("runtime/conv.npy", "", Npy("<f4", [1], Floats(3)));
        Write("runtime/add_out0_nhwc_1_1_2_3.txt", "1\n2\n3\n4\n5\nnan\n");
        var tensors = Played(".");
        tensors["conv"].Span<float>().ToArray().Should().Equal(3);
        tensors["add_out0_nhwc_1_1_2_3"].Shape.Should().Equal(1, 3, 1, 2);
        tensors["add_out0_nhwc_1_1_2_3"].Span<float>().ToArray().Should().Equal(1, 4, 2, 5, 3, float.NaN);
    }

    [Fact]
    public void Samples_are_found_by_their_pictures_names_and_one_that_was_not_recorded_is_a_fault()
    {
        Archive("dump/b.npz", ("y", Npy("<f4", [1], Floats(2))));
        Archive("dump/a.npz", ("y", Npy("<f4", [1], Floats(1))));
        using ISession session = Open("dump");
        session.Run(Input, new Sample("1", "b.jpg"), 0)["y"].Span<float>()[0].Should().Be(2);
        session.Run(Input, new Sample("2", "a.png"), 1)["y"].Span<float>()[0].Should().Be(1);
        FluentActions.Invoking(() => session.Run(Input, new Sample("3", "c.jpg"), 2)).Should().Throw<FaultException>().WithMessage("*'c.jpg' was not recorded*under its name*");
    }

    [Fact]
    public void A_recording_answers_for_a_model_with_the_models_outputs_and_shapes()
    {
        var model = OnnxModel.Create(13);
        model.Graph.AddInput("x", TensorType.Float32, 1, 3, 4, 4);
        model.Graph.Add(new Node("Relu", ["x"], ["y"]));
        model.Graph.AddOutput("y", TensorType.Float32);
        string path = Path.Combine(_folder.FullName, "m.onnx");
        model.Save(path);
        Archive("flat.npz", ("y", Npy("<f4", [48], Floats(new float[48]))), ("else", Npy("<f4", [1], Floats(1))));
        Archive("wrong.npz", ("y", Npy("<f4", [1, 3, 4, 3], Floats(new float[36]))));
        Archive("none.npz", ("z", Npy("<f4", [1], Floats(1))));

        using ISession session = Backend("flat.npz").Open(new SessionRequest(path, Contract, []));
        session.Outputs.Should().ContainSingle().Which.Shape.Should().Equal(1, 3, 4, 4);
        session.Run(Input, new Sample("1", "1.jpg"), 0).Keys.Should().Equal("y");
        session.Arithmetic.Name.Should().Be("device");
        FluentActions.Invoking(() => Backend("wrong.npz").Open(new SessionRequest(path, Contract, []))).Should().Throw<FaultException>().WithMessage("*recorded as [1,3,4,3], the model makes [1,3,4,4]*");
        FluentActions.Invoking(() => Backend("none.npz").Open(new SessionRequest(path, Contract, []))).Should().Throw<FaultException>().WithMessage("*'y' was not recorded*there are z*");
    }

    [Theory]
    [InlineData("cut.npz", "no whole .npz archive")]
    [InlineData("short.npz", "promises 16 bytes, it has 4")]
    [InlineData("noise.npz", "does not begin as a .npy file does")]
    [InlineData("complex.npz", "'<c8', which is not read")]
    [InlineData("broken.json", "broken.json, line 2*no JSON")]
    [InlineData("count.json", "entry 1*dimensions '1x3' and 2 values")]
    [InlineData("number.json", "holds no tensor")]
    [InlineData("nnie", "a.linear.hex, line 2*'xyz' is no number")]
    [InlineData("rknn", "t.txt, line 3*'two' is no number")]
    [InlineData("empty", "no recording that is known here")]
    public void A_damaged_recording_says_where_and_what(string name, string message)
    {
        Write("cut.npz", "", [0x50, 0x4b, 3, 4, 0]);
        Archive("short.npz", ("y", Npy("<f4", [4], Floats(1))));
        Archive("noise.npz", ("y", "hello, world"u8.ToArray()));
        Archive("complex.npz", ("y", Npy("<c8", [1], new byte[8])));
        Write("broken.json", "[\n{ nonsense");
        Write("count.json", """[{"name": "y", "dimensions": "1x3", "values": [1, 2]}]""");
        Write("number.json", "5");
        Write("nnie/a.linear.hex", "00000001\nxyz\n");
        Write("rknn/simulator/t.txt", "1\n2\ntwo\n");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "empty"));
        FluentActions.Invoking(() => Played(name)).Should().Throw<FaultException>().WithMessage($"*{message}*").Which.Faults.Should().OnlyContain(f => f.Remedy.Length > 0);
    }

    [Fact]
    public void Without_a_recording_it_is_not_run_and_says_why()
    {
        new ReplayBackend().Availability.Should().Match<Availability>(a => !a.IsReady && a.Remedy!.Contains("replay:PATH"));
        new ReplayBackend().At("/nowhere").Availability.Reason.Should().Contain("/nowhere");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private IBackend Backend(string name) => new ReplayBackend().At(Path.Combine(_folder.FullName, name));

    private ISession Open(string name) => Backend(name).Open(new SessionRequest("", Contract, []));

    private IReadOnlyDictionary<string, Tensor> Played(string name)
    {
        using ISession session = Open(name);
        return session.Run(Input, new Sample("1", "1.jpg"), 0);
    }

    private void Write(string name, string text, byte[]? bytes = null)
    {
        string path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes ?? Encoding.UTF8.GetBytes(text));
    }

    private void Archive(string name, params (string Name, byte[] Bytes)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (entry, bytes) in entries)
                using (Stream to = archive.CreateEntry($"{entry}.npy").Open())
                    to.Write(bytes);
        Write(name, "", stream.ToArray());
    }

    private static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    /// <summary>As numpy.lib.format says: the header ends in a newline and fills up to 64 bytes.</summary>
    private static byte[] Npy(string type, int[] shape, byte[] data)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({string.Concat(shape.Select(e => $"{e}, "))}), }}";
        header = header.PadRight((header.Length + 11 + 63) / 64 * 64 - 11) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)(header.Length & 255), (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. data];
    }
}
