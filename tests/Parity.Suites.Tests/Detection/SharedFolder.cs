using System.Diagnostics;

namespace Parity.Suites.Tests.Detection;

/// <summary>The folder <c>shared</c> with real models and data, beside an ancestor of the test's directory or named by PARITY_DATA.</summary>
internal static class SharedFolder
{
    /// <summary>A file under <c>shared</c>; skips the test where it is absent.</summary>
    public static string File(string path)
    {
        foreach (string root in Roots())
        {
            string file = Path.Combine(root, path);
            if (System.IO.File.Exists(file))
                return file;
        }
        Assert.Skip($"shared/{path} is absent: set PARITY_DATA to the folder that holds shared's real/ and perf/");
        return "";
    }

    /// <summary>The content of a file; one that ends in .xz is unpacked by <c>xz</c>, without which the test is skipped.</summary>
    public static byte[] Bytes(string path)
    {
        string file = File(path);
        if (!file.EndsWith(".xz", StringComparison.Ordinal))
            return System.IO.File.ReadAllBytes(file);
        try
        {
            using Process xz = Process.Start(new ProcessStartInfo("xz", ["-dc", file]) { RedirectStandardOutput = true })!;
            using var content = new MemoryStream();
            xz.StandardOutput.BaseStream.CopyTo(content);
            xz.WaitForExit();
            xz.ExitCode.Should().Be(0);
            return content.ToArray();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("the command xz is absent");
            return [];
        }
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
