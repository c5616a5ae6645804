using System.Xml.Linq;

namespace Parity.Cli.Tests;

/// <summary>The star of dependencies in ARCHITECTURE.md, read from the project files.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Parity.Core"] = [],
        ["Parity.Onnx"] = ["Parity.Core"],
        ["Parity.Lowering"] = ["Parity.Core", "Parity.Onnx"],
        ["Parity.Engine"] = ["Parity.Core", "Parity.Onnx", "Parity.Lowering"],
        ["Parity.Suites"] = ["Parity.Core"],
        ["Parity.Conformance"] = ["Parity.Core", "Parity.Onnx", "Parity.Lowering", "Parity.Suites"],
        ["Parity.Reports"] = ["Parity.Core"],
        ["Microsoft.ML.OnnxRuntime"] = [],
        ["Parity.Adapters.Remote"] = ["Parity.Core", "Parity.Onnx"],
        ["Parity.Adapters.Replay"] = ["Parity.Core", "Parity.Onnx"],
        ["Parity.Adapters.OnnxRuntime"] = ["Parity.Core", "Parity.Onnx", "Microsoft.ML.OnnxRuntime"],
    };

    [Fact]
    public void Projects_depend_only_along_the_arrows()
    {
        foreach ((string name, string[] allowed) in Allowed)
            References(name).Should().BeSubsetOf(allowed, $"{name} may see no more");
    }

    [Fact]
    public void Every_product_project_has_its_place_among_the_arrows() =>
        Projects().Select(Path.GetFileNameWithoutExtension).Where(p => !p!.EndsWith(".Tests", StringComparison.Ordinal))
            .Should().BeSubsetOf([.. Allowed.Keys, "Parity.Cli", "Parity.Benchmarks", "Parity.Golden"]);

    [Fact]
    public void Every_product_project_has_tests_beside_it()
    {
        var tests = Projects().Select(Path.GetFileNameWithoutExtension).ToHashSet();
        foreach (string name in Allowed.Keys.Append("Parity.Cli").Where(n => n.StartsWith("Parity.", StringComparison.Ordinal)))
            tests.Should().Contain($"{name}.Tests");
    }

    [Fact]
    public void Core_has_no_packages() =>
        XDocument.Load(Find("Parity.Core")).Descendants("PackageReference").Should().BeEmpty();

    [Fact]
    public void No_folder_or_file_is_a_drawer()
    {
        string[] drawers = ["Utils", "Util", "Helpers", "Helper", "Common", "Misc", "Extensions", "Manager", "Service"];
        Directory.EnumerateFiles(Repository.Root, "*.cs", SearchOption.AllDirectories).Where(f => !Generated(f))
            .SelectMany(f => Path.GetRelativePath(Repository.Root, Path.ChangeExtension(f, null)).Split(Path.DirectorySeparatorChar))
            .Distinct().Should().NotIntersectWith(drawers);
    }

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(Find(project)).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));

    private static string Find(string project) => Projects().Single(p => Path.GetFileNameWithoutExtension(p) == project);

    private static IEnumerable<string> Projects() =>
        Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories).Where(f => !Generated(f));

    private static bool Generated(string file) =>
        new[] { "/bin/", "/obj/", "/node_modules/", "/artifacts/" }.Any(part => file.Replace('\\', '/').Contains(part, StringComparison.Ordinal));
}
