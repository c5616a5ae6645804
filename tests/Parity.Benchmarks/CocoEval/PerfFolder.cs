using System.Diagnostics;

namespace Parity.Benchmarks.CocoEval;

/// <summary>The full-size problem of shared/perf, unpacked once into a temporary folder.</summary>
internal sealed class PerfFolder
{
    private readonly string _packed, _unpacked;

    private PerfFolder(string packed, string unpacked) => (_packed, _unpacked) = (packed, unpacked);

    public string File(string name) => Path.Combine(_unpacked, $"{name}.json");

    public string Expected(string name) => Path.Combine(_packed, "expected", $"{name}.expected.json");

    /// <summary>A copy with blanks before a section until it is as long as asked for, so that the section lies behind them.</summary>
    public string Blown(string name, string section, long bytes)
    {
        byte[] content = System.IO.File.ReadAllBytes(File(name));
        int at = content.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes($"\"{section}\""));
        string path = Path.Combine(_unpacked, $"{name}.blown.json");
        var blanks = new byte[1 << 20];
        Array.Fill(blanks, (byte)' ');
        using FileStream blown = System.IO.File.Create(path);
        blown.Write(content.AsSpan(0, at));
        for (long left = bytes - content.Length; left > 0; left -= blanks.Length)
            blown.Write(blanks);
        blown.Write(content.AsSpan(at));
        return path;
    }

    /// <summary>Null where the data or xz is absent.</summary>
    public static PerfFolder? Unpack()
    {
        string? packed = Roots().Select(r => Path.Combine(r, "perf")).FirstOrDefault(p => Directory.Exists(Path.Combine(p, "expected")));
        if (packed is null)
            return null;
        string unpacked = Path.Combine(Path.GetTempPath(), "parity-perf");
        Directory.CreateDirectory(unpacked);
        foreach (string file in Directory.EnumerateFiles(packed, "*.json.xz"))
        {
            string to = Path.Combine(unpacked, Path.GetFileNameWithoutExtension(file));
            if (System.IO.File.Exists(to))
                continue;
            try
            {
                using Process xz = Process.Start(new ProcessStartInfo("xz", ["-dc", file]) { RedirectStandardOutput = true })!;
                using (FileStream content = System.IO.File.Create(to + ".part"))
                    xz.StandardOutput.BaseStream.CopyTo(content);
                xz.WaitForExit();
                System.IO.File.Move(to + ".part", to);
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return null;
            }
        }
        return new PerfFolder(packed, unpacked);
    }

    private static IEnumerable<string> Roots()
    {
        if (Environment.GetEnvironmentVariable("PARITY_DATA") is { Length: > 0 } named)
        {
            yield return named;
            yield return Path.Combine(named, "..");
        }
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, "shared");
    }
}
