using System.Collections.Immutable;
using System.Globalization;
using Parity.Core;

namespace Parity.Adapters.Replay.Formats;

/// <summary>
/// HiSilicon NNIE's <c>*.linear.hex</c>, of nnie_mapper with log_level 3 (mapper_quant) and of the simulation with LAYER_LINEAR_PRINT_EN=1 (seg0_layer3_output0_inst.linear.hex): a line an
/// element, channel by channel and row by row, eight hexadecimal digits of a 32-bit two's complement number in 20.12 fixed point, value = number / 4096. Sources: the vendor's sample, whose
/// SAMPLE_SVP_NNIE_PrintReportResult writes the same files from a board and whose SAMPLE_SVP_NNIE_QUANT_BASE is 4096, and users' scripts that read the files
/// (blog.csdn.net/ycdhqzhiai/article/details/86623050). The files name no shape. Reports of inputs (seg0_layer0_input(data)_inst.linear.hex) hold bytes or 20.12 by the input's type, which they do not
/// name, so they are left out.
/// </summary>
internal sealed class NnieFolder : IRecordingFormat
{
    private const string Suffix = ".linear.hex";
    private const float Unit = 1f / 4096;
    private const int MostFaults = 5;

    public Recording? Read(string path, string? runner)
    {
        if (!Directory.Exists(path))
            return null;
        if (Files(path).Length > 0)
            return new Recording(path, "NNIE", [Sample(path)]);
        ImmutableArray<RecordedSample> samples = [.. Directory.GetDirectories(path).Where(d => Files(d).Length > 0).Order(StringComparer.Ordinal).Select(Sample)];
        return samples.IsEmpty ? null : new Recording(path, "NNIE", samples);
    }

    private static RecordedSample Sample(string folder) => new(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), () =>
        Files(folder).ToDictionary(f => Path.GetFileName(f)[..^Suffix.Length], Values, StringComparer.Ordinal));

    private static string[] Files(string folder) =>
        [.. Directory.GetFiles(folder, $"*{Suffix}").Where(f => !Path.GetFileName(f).Contains("_input(", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static Tensor Values(string file)
    {
        var values = new List<float>();
        var faults = new FaultList();
        int line = 0;
        foreach (string text in File.ReadLines(file))
        {
            line++;
            string digits = text.Trim();
            if (digits.Length == 0)
                continue;
            if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
                digits = digits[2..];
            if (digits.Length <= 8 && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code))
                values.Add(unchecked((int)code) * Unit);
            else if (faults.Count < MostFaults)
                faults.Add($"'{digits[..Math.Min(digits.Length, 20)]}' is no number of up to eight hexadecimal digits", $"{file}, line {line}", "Copy the file again; it has one element a line.");
        }
        faults.ThrowIfAny();
        return Tensor.Create(values.ToArray(), values.Count);
    }
}
