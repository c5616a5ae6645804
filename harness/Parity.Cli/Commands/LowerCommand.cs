using System.Collections.Immutable;
using System.CommandLine;
using Parity.Cli.Terminal;
using Parity.Core;
using Parity.Engine.Measuring;
using Parity.Engine.Ranges;
using Parity.Engine.Suites;
using Parity.Lowering;
using Parity.Onnx;
using Parity.Suites.Datasets;
using Parity.Suites.Preprocessing;

namespace Parity.Cli.Commands;

/// <summary>`parity lower`: the target's model and layer map from a float model, outside any suite.</summary>
public static class LowerCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "Float ONNX file" };
        var target = new Option<string>("--target") { Description = $"Profile: {string.Join(", ", TargetProfiles.All.Select(p => p.Name))}", Required = true };
        var calibration = new Option<string>("--calibration") { Description = "Folder of calibration images", Required = true };
        var output = new Option<string>("--out") { Description = "Folder to write model.onnx and layers.json into", Required = true };
        var suite = new Option<string?>("--suite") { Description = "Suite whose 'preprocessing' prepares the images (default: RGB, 1/255, letterbox-centred to the model's input)" };
        var calibrator = new Option<string>("--calibrator") { Description = $"Of activations: {string.Join(", ", Calibrators.All)}", DefaultValueFactory = _ => Calibrators.All[0] };
        var percentile = new Option<double>("--percentile") { Description = "For the percentile calibrator", DefaultValueFactory = _ => 99.99 };
        var weights = new Option<string>("--weights-calibrator") { Description = "Of weights: the same names", DefaultValueFactory = _ => Calibrators.All[0] };
        var constant = new Option<double>("--averaging-constant") { Description = "For the moving-average calibrator", DefaultValueFactory = _ => CalibrationOptions.Default.AveragingConstant };
        var adaRound = new Option<bool>("--adaround") { Description = "Round weights by what the layer's inputs make of them (AdaRound) instead of to nearest" };
        var ranges = new Option<string?>("--ranges") { Description = "Vendor's file of ranges to use before the calibrator's" };
        var export = new Option<string?>("--export-ranges") { Description = "File to write the ranges of activations into" };
        var format = new Option<string>("--format") { Description = $"Of --export-ranges: {string.Join(", ", RangeFile.Formats.Select(f => f.Name))}", DefaultValueFactory = _ => RangeFile.Formats[0].Name };
        var keep = new Option<string[]>("--keep-float") { Description = "Name pattern (* ?) of layers to leave in float; may be repeated" };
        var command = new Command("lower", "Write what a target would run: the lowered Q/DQ model and its layer map")
        {
            model, target, calibration, output, suite, calibrator, percentile, weights, constant, adaRound, ranges, export, format, keep,
        };
        command.SetAction((parsed, stop) => Task.Run(() => Lower(
            parsed.GetValue(model)!, parsed.GetValue(calibration)!, parsed.GetValue(output)!, parsed.GetValue(suite),
            new LoweringPlan(Profile(parsed.GetValue(target)!), parsed.GetValue(calibrator)!, parsed.GetValue(percentile), [.. parsed.GetValue(keep) ?? []])
            {
                Options = new CalibrationOptions(
                    parsed.GetValue(weights)!, parsed.GetValue(constant), parsed.GetValue(adaRound) ? AdaRoundOptions.Default : null, parsed.GetValue(ranges) is { } file ? RangeFile.Read(file) : null),
            },
            parsed.GetValue(export), parsed.GetValue(format)!, stop)));
        return command;
    }

    private static TargetProfile Profile(string target) => TargetProfiles.All.FirstOrDefault(p => p.Name == target)
        ?? throw new FaultException($"there is no target '{target}'", "--target", $"Targets: {string.Join(", ", TargetProfiles.All.Select(p => p.Name))}.");

    private static int Lower(string path, string calibration, string output, string? suite, LoweringPlan lowering, string? export, string format, CancellationToken stop)
    {
        OnnxModel model = OnnxModel.Load(path);
        IDataset images = FolderDataset.Open(calibration);
        PreprocessingPlan plan = suite is null ? Assumed(model, path) : FromSuite(suite);
        var preprocessor = new PicturePreprocessor(plan);
        LoweringResult result = Progress.Watch(observer => Lowerer.Lower(model, lowering,
            (m, taps) => TargetModels.Activations(m, taps, images, preprocessor, Composition.Backends[0], threads: 1, output, observer, stop),
            TargetModels.Rounding(observer)));
        string written = TargetModels.Write(result, output);
        foreach (string note in result.Notes)
            Console.WriteLine($"note: {note}");
        if (!result.KeptFloat.IsEmpty)
            Console.WriteLine($"kept in float: {string.Join(", ", result.KeptFloat)}");
        Console.WriteLine($"{written}: {result.Qdq.Length} Q/DQ pairs, quantized multiply-accumulates {(result.QuantizedMacShare is { } share ? Tables.Percent(share) : "none: the profile does not quantize")}");
        if (export is not null)
        {
            File.WriteAllText(export, RangeFile.Write(result, format));
            Console.WriteLine($"{export}: ranges as {format}");
        }
        return ExitCode.Pass;
    }

    private static PreprocessingPlan FromSuite(string suite)
    {
        if (!File.Exists(suite))
            throw new FaultException("there is no such suite", suite, "Give a suite file, or leave --suite out.");
        var faults = new FaultList();
        PreprocessingPlan? plan = PreprocessingPlan.Read(YamlSettings.Parse(File.ReadAllText(suite), Path.GetFileName(suite), faults).Section("preprocessing"));
        faults.ThrowIfAny();
        return plan!;
    }

    private static PreprocessingPlan Assumed(OnnxModel model, string path)
    {
        if (model.Graph.Inputs is not [{ Shape: [_, 3, > 0 and var height, > 0 and var width] }])
            throw new FaultException("the input is not one picture of known size, [N, 3, height, width]", path, "Give the suite that prepares its images by --suite.");
        Console.Error.WriteLine($"note: calibrating with RGB, 1/255, letterbox-centred to {width} x {height}, which is a guess; --suite takes the preprocessing of a suite");
        return new PreprocessingPlan(ResizeKind.LetterboxCentred, 114,
            new InputContract(ElementType.Float32, TensorLayout.Nchw, ColorOrder.Rgb, width, height, 1.0 / 255, [0, 0, 0], [1, 1, 1]));
    }
}
