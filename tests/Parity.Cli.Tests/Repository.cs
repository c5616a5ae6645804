namespace Parity.Cli.Tests;

/// <summary>Where the working copy is, and the real data beside it.</summary>
public static class Repository
{
    public static string Root { get; } = Above(AppContext.BaseDirectory, d => File.Exists(Path.Combine(d, "Parity.sln")))!;

    /// <summary>The folder of real models and labelled data; null where it is absent.</summary>
    public static string? RealData { get; } = Environment.GetEnvironmentVariable("PARITY_DATA") is { Length: > 0 } given
        ? given
        : Above(Root, d => Directory.Exists(Path.Combine(d, "shared", "real"))) is { } found ? Path.Combine(found, "shared", "real") : null;

    private static string? Above(string folder, Func<string, bool> holds)
    {
        for (DirectoryInfo? d = new(folder); d is not null; d = d.Parent)
            if (holds(d.FullName))
                return d.FullName;
        return null;
    }
}
