using System.Text.RegularExpressions;

namespace Parity.Cli.Tests;

/// <summary>The README's example of each task is run on the golden model of that task; that of instance masks in <see cref="InstanceMaskTests"/>.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parity-readme-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_suite_of_a_detector_runs()
    {
        Dictionary<string, string> example = Readme.Sections(Readme.Example("kind: detection"));
        // What the example has of another model and its data, and the targets that name files or an address.
        example["preprocessing"] = example["preprocessing"].Replace("[416, 416]", "[160, 160]");
        example["task"] = example["task"].Replace("classes: coco80", "classes: dataset-order");
        example["targets"] = string.Concat(example["targets"].Split('\n').Where(l => !Regex.IsMatch(l, "ranges:|model:|backend:|adaround|layer-info:")).Select(l => l + "\n"));
        Run("demo", example, "model", "dataset", "calibration").Should().Contain("head-in-float").And.Contain("mixed").And.Contain("emulated");
    }

    [Fact]
    public void The_task_of_keypoints_runs() => Run("golden-pose", WithTask("golden-pose", "kind: keypoints"), "model", "dataset", "calibration").Should().Contain("keypoints/AP");

    [Fact]
    public void The_task_of_segmentation_runs() => Run("golden-segmentation", WithTask("golden-segmentation", "kind: segmentation"), "model", "dataset", "calibration").Should().Contain("semantic/mIoU");

    private static Dictionary<string, string> WithTask(string suite, string holding)
    {
        Dictionary<string, string> sections = Golden(suite);
        sections["task"] = Readme.Sections(Readme.Example(holding))["task"];
        return sections;
    }

    private string Run(string golden, Dictionary<string, string> sections, params string[] fromGolden)
    {
        Dictionary<string, string> own = Golden(golden);
        foreach (string key in fromGolden)
            sections[key] = own[key].Replace("../golden", Path.Combine(Repository.Root, "golden"));
        string suite = Path.Combine(_folder.FullName, "suite.yaml");
        File.WriteAllText(suite, string.Concat(sections.Values));
        foreach (string chip in Directory.EnumerateFiles(Path.Combine(Repository.Root, "suites", "chips")))
            File.Copy(chip, Path.Combine(_folder.CreateSubdirectory("chips").FullName, Path.GetFileName(chip)));
        CommandLine.Result run = CommandLine.Run("run", suite, "--limit", "4", "--out", Path.Combine(_folder.FullName, "out"));
        // Four pictures decide nothing: the verdict may be any, but it ran.
        run.ExitCode.Should().BeOneOf([0, 1, 2], run.Error + run.Output);
        return run.Output;
    }

    private static Dictionary<string, string> Golden(string suite) => Readme.Sections(File.ReadAllText(Path.Combine(Repository.Root, "suites", $"{suite}.yaml")));
}
