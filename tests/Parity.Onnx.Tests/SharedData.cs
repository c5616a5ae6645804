namespace Parity.Onnx.Tests;

/// <summary>Real models and node tests beside the checkout; never in the repository.</summary>
internal static class SharedData
{
    /// <summary>The folder, or the test is skipped.</summary>
    public static string Folder(string name)
    {
        string path = Path.Combine(Root() ?? "", name);
        if (Root() is null || !Directory.Exists(path))
            Assert.Skip($"real data is absent: set PARITY_DATA to a folder that holds {name}, or put shared/real beside the checkout");
        return path;
    }

    public static OnnxModel Model(string file) => OnnxModel.Load(Path.Combine(Folder("models"), file));

    public static IEnumerable<string> NodeTests() => Directory.GetFiles(Folder("onnx-node-tests"), "model.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static string? Root()
    {
        if (Environment.GetEnvironmentVariable("PARITY_DATA") is { Length: > 0 } set)
            return set;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "real");
            if (Directory.Exists(candidate))
                return candidate;
        }
        return null;
    }
}
