using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Parity.Cli.Commands;
using Parity.Core;
using Parity.Onnx;
using Parity.Suites.Datasets;
using Parity.Suites.Preprocessing;

namespace Parity.Cli.Tests;

/// <summary>`parity compare` with a recording in place of the quantized model: what the small detector computed on its pictures, written down as the tools write it.</summary>
public sealed class RecordingTests : IDisposable
{
    private static readonly string[] Tensors = ["stem_out", "stem_relu", "body_out", "body_relu", "head_out", "scores", "output"];

    private readonly SmallSuite _suite = new(pictures: 2);

    [Fact]
    public void Tensors_that_were_recorded_from_the_model_itself_do_not_diverge()
    {
        Record(SquareDetector.Build(), (picture, tensors) => Npz($"{picture}.npz", tensors));

        JsonElement[] layers = Compared();

        layers.Select(l => Text(l, "target")).Should().BeEquivalentTo(Tensors);
        layers.Should().OnlyContain(l => Text(l, "state") == "exact");
    }

    [Fact]
    public void A_recording_of_a_damaged_model_diverges_from_the_damaged_layer_on()
    {
        OnnxModel damaged = SquareDetector.Build();
        float[] weights = damaged.Graph.Constant("body.weight")!.Span<float>().ToArray();
        damaged.Graph.SetInitializer("body.weight", Tensor.Create(Array.ConvertAll(weights, w => w * 1.1f), damaged.Graph.Constant("body.weight")!.Shape.AsSpan()));
        Record(damaged, (picture, tensors) => Npz($"{picture}.npz", tensors));

        JsonElement[] layers = Compared();

        layers.TakeWhile(l => Text(l, "state") == "exact").Select(l => Text(l, "target")).Should().Equal("stem_out", "stem_relu");
        JsonElement first = layers[2];
        Text(first, "target").Should().Be("body_out");
        // Without its bias, which is zero, all of the result is 1.1 times the reference's: NMSE = 0.1^2.
        first.GetProperty("nmse").GetProperty("median").GetDouble().Should().BeApproximately(0.01, 1e-6);
    }

    [Fact]
    public void Of_an_Rknn_folder_layers_are_found_by_their_values_under_the_vendors_names()
    {
        Record(SquareDetector.Build(), (picture, tensors) =>
        {
            foreach (var (name, tensor) in tensors)
                Write($"{picture}/simulator/npy/{Array.IndexOf(Tensors, name)}_layer.npy", Npy(tensor));
        });

        // The results of the two ReLUs and what they read are as like as the tensors of one layer can be; whatever is paired must be equal.
        JsonElement[] layers = Compared();

        layers.Select(l => Text(l, "reference")).Should().Contain(["head_out", "output"]);
        layers.Should().OnlyContain(l => Text(l, "state") == "exact");
    }

    [Fact]
    public void What_trtexec_exports_with_six_digits_differs_by_no_more_than_they_leave_out()
    {
        Record(SquareDetector.Build(), (picture, tensors) => Write($"{picture}.json", Encoding.UTF8.GetBytes($"[\n{string.Join("\n, ", tensors.Select(t =>
            $$"""{ "name" : "{{t.Key}}", "dimensions" : "{{string.Join('x', t.Value.Shape)}}", "values" : [ {{string.Join(", ", t.Value.Span<float>().ToArray().Select(v => v.ToString("G6", CultureInfo.InvariantCulture)))}} ] }"""))}\n]")));

        JsonElement[] layers = Compared();

        layers.Should().HaveCount(Tensors.Length).And.OnlyContain(l => Text(l, "state") == "exact" || l.GetProperty("nmse").GetProperty("worst").GetDouble() < 1e-11);
    }

    public void Dispose() => _suite.Dispose();

    /// <summary>In the order of the reference's graph.</summary>
    private JsonElement[] Compared()
    {
        var compared = CommandLine.Run("compare", _suite.Path("squares.onnx"), _suite.Path("recorded"), "--images", _suite.Path("images"), "--suite", _suite.Path("suite.yaml"), "--out", _suite.Path("compared"));
        compared.ExitCode.Should().Be(0, compared.Error);
        return [.. _suite.Json("run.json", _suite.Path("compared")).GetProperty("targets")[0].GetProperty("probe").GetProperty("layers").EnumerateArray()];
    }

    private void Record(OnnxModel model, Action<string, Dictionary<string, Tensor>> write)
    {
        string path = _suite.Path("recorded.onnx");
        model.Save(path);
        var preprocessor = new PicturePreprocessor(ModelPreprocessing.Of(_suite.Path("suite.yaml")));
        using ISession session = Composition.Backends[0].Open(new SessionRequest(path, preprocessor.Contract, [.. Tensors.Except(["output"])]));
        IDataset pictures = FolderDataset.Open(_suite.Path("images"));
        foreach (Sample picture in pictures.Samples)
        {
            var all = session.Run(preprocessor.Prepare(pictures.Read(picture), session.Input).Tensor);
            write(Path.GetFileNameWithoutExtension(picture.Name), Tensors.ToDictionary(t => t, t => all[t]));
        }
    }

    private void Write(string name, byte[] bytes)
    {
        string path = _suite.Path("recorded", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    private void Npz(string name, Dictionary<string, Tensor> tensors)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (tensor, values) in tensors)
            {
                using Stream to = archive.CreateEntry($"{tensor}.npy").Open();
                to.Write(Npy(values));
            }
        }
        Write(name, stream.ToArray());
    }

    /// <summary>As numpy.lib.format says: the header ends in a newline and fills up to 64 bytes.</summary>
    private static byte[] Npy(Tensor tensor)
    {
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({string.Concat(tensor.Shape.Select(e => $"{e}, "))}), }}";
        header = header.PadRight((header.Length + 11 + 63) / 64 * 64 - 11) + "\n";
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        return [0x93, .. "NUMPY"u8, 1, 0, .. length, .. Encoding.ASCII.GetBytes(header), .. tensor.Bytes()];
    }

    private static string Text(JsonElement layer, string property) => layer.GetProperty(property).GetString()!;
}
