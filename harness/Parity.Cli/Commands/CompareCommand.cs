using System.CommandLine;
using System.Globalization;
using Parity.Cli.Terminal;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Engine.Measuring;
using Parity.Engine.Runs;
using Parity.Onnx;
using Parity.Reports;
using Parity.Suites.Datasets;
using Parity.Suites.Preprocessing;

namespace Parity.Cli.Commands;

/// <summary>`parity compare`: the layers of any two models, without a suite; no metric, no verdict.</summary>
public static class CompareCommand
{
    private const int ShownFindings = 3;

    public static Command Create()
    {
        var reference = new Argument<string>("float") { Description = "Float ONNX file" };
        var target = new Argument<string>("quantized") { Description = "Quantized ONNX file of any tool (Q/DQ, QLinear or dynamic), or a recording: npz, Polygraphy or trtexec JSON, RKNN or NNIE folder" };
        var images = new Option<string>("--images") { Description = "Folder of pictures", Required = true };
        var output = new Option<string>("--out") { Description = "Run folder to write", Required = true };
        var suite = new Option<string?>("--suite") { Description = "Suite whose 'preprocessing' prepares the pictures (default: RGB, 1/255, letterbox-centred to the model's input)" };
        var limit = new Option<int>("--limit") { Description = "Compare on the first N pictures", DefaultValueFactory = _ => 4 };
        limit.Validators.Add(r =>
        {
            if (r.Tokens is [{ Value: var text }] && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count) && count < 1)
                r.AddError("--limit needs a number of pictures of at least 1");
        });
        var command = new Command("compare", "Compare two models layer by layer, without a suite: no metric, no verdict") { reference, target, images, output, suite, limit };
        command.SetAction((parsed, stop) => Task.Run(() => Compare(
            parsed.GetValue(reference)!, parsed.GetValue(target)!, parsed.GetValue(images)!, parsed.GetValue(output)!, parsed.GetValue(suite), parsed.GetValue(limit), stop)));
        return command;
    }

    private static int Compare(string referencePath, string target, string images, string output, string? suite, int limit, CancellationToken stop)
    {
        OnnxModel model = OnnxModel.Load(referencePath);
        bool recorded = Path.GetExtension(target) != ".onnx";
        if (recorded && !Path.Exists(target))
            throw new FaultException("there is no such file or folder", target, "Give a quantized .onnx file, or a recording.");
        IBackend local = Composition.Backends[0];
        PreprocessingPlan preprocessing = suite is null ? ModelPreprocessing.Assumed(model, referencePath, "comparing") : ModelPreprocessing.Of(suite);
        string description = $"# parity compare {Path.GetFileName(referencePath)} {Path.GetFileName(target)}, pictures prepared as {(suite is null ? "assumed: RGB, 1/255, letterbox-centred" : Path.GetFileName(suite) + " says")}\n";
        var request = new ComparisonRequest(Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(target)), referencePath, recorded ? null : target, description, local,
            recorded ? BackendNames.Find(Composition.Backends, $"replay:{target}", target) : local, FolderDataset.Open(images).Take(limit), new PicturePreprocessor(preprocessing), Threads: 1);
        var folder = new RunFolder(Path.GetFullPath(output));
        folder.RequireOwn();
        RunRecord run;
        try
        {
            run = Progress.Watch(observer => new ModelComparison(request, folder, new RunOptions(Composition.Tool, Resume: false, TimeProvider.System, Composition.PictureCodec), observer).Run(stop));
        }
        catch (FaultException e)
        {
            Faults.Print(e);
            return ExitCode.CouldNotRun;
        }
        FindingsRecord findings = FolderDiagnosis.Of(folder, run, [referencePath], DiagnosisRules.All);
        folder.Write(findings);
        Conclusion.WriteReport(folder, ReportSite.Render(new ReportContent(run, null, folder.ReadFindings())));
        Print(run.Targets[0]);
        FindingLines.Print(run.Targets[0].Name, [.. findings.Of(run.Targets[0].Name)], ShownFindings);
        Console.WriteLine($"compared; nothing was judged  report: {Path.Combine(folder.Report, "index.html")}");
        return ExitCode.Pass;
    }

    private static void Print(TargetRecord target)
    {
        foreach (string note in target.Notes)
            Console.WriteLine($"note: {note}");
        Tables.Print("layers furthest from the float model (SQNR, accumulated; median and worst of the pictures)", ["layer", "target", "dB", "worst dB", "cosine"],
            target.Probe!.Layers.Where(l => l.SqnrDb.Median is not null).OrderBy(l => l.SqnrDb.Median).Take(8)
                .Select(l => (System.Collections.Immutable.ImmutableArray<string>)[l.Reference, l.Target, Number(l.SqnrDb.Median, "0.0"), Number(l.SqnrDb.Worst, "0.0"), Number(l.Cosine.Median, "0.0000")]), [2, 3, 4]);
        foreach (var group in target.Probe.Unmatched.GroupBy(u => u.Reason).OrderByDescending(g => g.Count()).Take(8))
            Console.WriteLine($"not matched: {group.Count()} tensors, {group.Key}; first {group.First().Tensor}");
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "no value";
}
