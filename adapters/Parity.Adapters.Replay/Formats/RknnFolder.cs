using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Parity.Core;

namespace Parity.Adapters.Replay.Formats;

/// <summary>
/// Folders of RKNN's accuracy_analysis. Toolkit 2 writes golden/npy (float), simulator/npy and, with a board, runtime/npy (users' listings of 2.x; the path in a trace of 2.1.0,
/// github.com/airockchip/rknn-toolkit2/issues/118); toolkit 1 fp32/ and entire_qnt/ (users' scripts of 1.7.x read ..._out0_nhwc_1_79_79_32.tensor there as lines of numbers). The quantized one nearest to the chip
/// is read; its tensors are .npy, or text with one value a line. Text has a shape only where its name ends in one; nhwc is turned to the model's nchw. Names of files are the vendor's.
/// Not seen in any tool's output, so unverified: qnt_npu_dump/ of toolkit 1 with a board, tensors beside npy/ in toolkit 2, files without extension, and map_name_to_file.txt, which is not read.
/// </summary>
internal sealed partial class RknnFolder : IRecordingFormat
{
    private static readonly ImmutableArray<string> Quantized = ["runtime", "simulator", "qnt_npu_dump", "entire_qnt"];
    private static readonly ImmutableArray<string> Extensions = [".txt", ".tensor", ""];

    public Recording? Read(string path, string? runner)
    {
        if (!Directory.Exists(path))
            return null;
        if (Sample(path) is { } one)
            return new Recording(path, "RKNN accuracy_analysis", [one]);
        ImmutableArray<RecordedSample> samples = [.. Directory.GetDirectories(path).Order(StringComparer.Ordinal).Select(Sample).OfType<RecordedSample>()];
        return samples.IsEmpty ? null : new Recording(path, "RKNN accuracy_analysis", samples);
    }

    private static RecordedSample? Sample(string folder) =>
        Quantized.Select(q => Path.Combine(folder, q)).FirstOrDefault(Directory.Exists) is { } inner
            ? new RecordedSample(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), () => Tensors(Directory.Exists(Path.Combine(inner, "npy")) ? Path.Combine(inner, "npy") : inner))
            : null;

    private static Dictionary<string, Tensor> Tensors(string folder)
    {
        Dictionary<string, Tensor> tensors = NumpyFiles.Folder(folder);
        foreach (string file in Directory.GetFiles(folder).Where(f => Extensions.Contains(Path.GetExtension(f)) && !Path.GetFileName(f).Contains("error_analysis", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            tensors.TryAdd(Path.GetFileNameWithoutExtension(file), Text(file));
        return tensors.Count > 0 ? tensors : throw new FaultException("it holds no tensor", folder, "Run accuracy_analysis again, with dump_file_type 'npy'.");
    }

    private static Tensor Text(string file)
    {
        var values = new List<float>();
        int line = 0;
        foreach (string text in File.ReadLines(file))
        {
            line++;
            foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                // The toolkit prints not-a-number as Python does.
                if (word is "nan" or "-nan")
                    values.Add(float.NaN);
                else if (word is "inf" or "-inf")
                    values.Add(word[0] == '-' ? float.NegativeInfinity : float.PositiveInfinity);
                else if (float.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out float value))
                    values.Add(value);
                else
                    throw new FaultException($"'{word[..Math.Min(word.Length, 20)]}' is no number", $"{file}, line {line}", "Copy the file again, or dump with dump_file_type 'npy'.");
            }
        }
        Match named = Extents().Match(Path.GetFileNameWithoutExtension(file));
        int[] shape = named.Success ? [.. named.Groups[2].Captures.Select(c => int.TryParse(c.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int e) ? e : 0)] : [];
        if (shape.Length == 0 || shape.Aggregate(1L, (n, e) => n * e) != values.Count)
            return Tensor.Create(values.ToArray(), values.Count);
        Tensor tensor = Tensor.Create(values.ToArray(), shape);
        return named.Groups[1].Value == "nhwc" && shape.Length == 4 ? ChannelsFirst(tensor) : tensor;
    }

    private static Tensor ChannelsFirst(Tensor nhwc)
    {
        int batch = nhwc.Shape[0], pixels = nhwc.Shape[1] * nhwc.Shape[2], channels = nhwc.Shape[3];
        var values = nhwc.Span<float>();
        var turned = new float[values.Length];
        for (int n = 0; n < batch; n++)
            for (int p = 0; p < pixels; p++)
                for (int c = 0; c < channels; c++)
                    turned[(n * channels + c) * pixels + p] = values[(n * pixels + p) * channels + c];
        return Tensor.Create(turned, batch, channels, nhwc.Shape[1], nhwc.Shape[2]);
    }

    [GeneratedRegex(@"_(nchw|nhwc)(?:_(\d+))+$")]
    private static partial Regex Extents();
}
