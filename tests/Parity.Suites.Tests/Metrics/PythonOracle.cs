using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Parity.Suites.Tests.Metrics;

/// <summary>Debian's Python with OpenCV 4.6, where it is installed; a test without it is skipped.</summary>
internal static class PythonOracle
{
    /// <param name="script">Reads float64 from <c>given</c> and appends what it finds to the list <c>found</c>.</param>
    public static double[] Run(string script, IEnumerable<double> given)
    {
        string whole = $"""
            import sys
            try:
                import numpy as np, cv2
            except ImportError:
                sys.exit(77)
            given = np.frombuffer(sys.stdin.buffer.read(), np.float64)
            found = []
            {script}
            sys.stdout.buffer.write(np.asarray(found, np.float64).tobytes())
            """;
        try
        {
            using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", whole]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            python.StandardInput.BaseStream.Write(MemoryMarshal.AsBytes<double>(given.ToArray()));
            python.StandardInput.Close();
            using var output = new MemoryStream();
            python.StandardOutput.BaseStream.CopyTo(output);
            python.WaitForExit();
            if (python.ExitCode == 77)
                Assert.Skip("needs Debian's python3-opencv as an oracle");
            python.ExitCode.Should().Be(0);
            return MemoryMarshal.Cast<byte, double>(output.ToArray()).ToArray();
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            Assert.Skip("needs /usr/bin/python3 with python3-opencv as an oracle");
            return [];
        }
    }
}
