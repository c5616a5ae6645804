namespace Parity.Suites.Tests;

/// <summary>Real pictures and annotations that are no part of the repository.</summary>
internal static class SharedData
{
    /// <summary>A path under <c>shared/real</c>, found beside any folder above the tests or by PARITY_DATA; skips the test where there is none.</summary>
    public static string Path(string relative)
    {
        string? root = Environment.GetEnvironmentVariable("PARITY_DATA");
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); root is null && at is not null; at = at.Parent)
        {
            string candidate = System.IO.Path.Combine(at.FullName, "shared", "real");
            root = Directory.Exists(candidate) ? candidate : null;
        }
        if (root is null || !System.IO.Path.Exists(System.IO.Path.Combine(root, relative)))
            Assert.Skip($"shared/real/{relative} is absent; set PARITY_DATA to a folder that has it");
        return System.IO.Path.Combine(root, relative);
    }
}
