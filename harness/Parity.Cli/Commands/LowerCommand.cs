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
        var target = new Option<string>("--target") { Description = $"Profile: {string.Join(", ", TargetProfiles.All.Select(p => p.Name))}, or a chip's file (.yaml)", Required = true };
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
        var half = new Option<string[]>("--fp16") { Description = "Likewise: layers to round to float16" };
        var int16 = new Option<string[]>("--int16") { Description = "Likewise: layers to give 16-bit integers, where the target has them" };
        var flag = new Option<string[]>("--flag") { Description = "NAME=CHOICE of the profile, see `parity targets`; may be repeated" };
        var command = new Command("lower", "Write what a target would run: the lowered Q/DQ model and its layer map")
        {
            model, target, calibration, output, suite, calibrator, percentile, weights, constant, adaRound, ranges, export, format, keep, half, int16, flag,
        };
        command.SetAction((parsed, stop) => Task.Run(() => Lower(
            parsed.GetValue(model)!, parsed.GetValue(calibration)!, parsed.GetValue(output)!, parsed.GetValue(suite),
            new LoweringPlan(Profile(parsed.GetValue(target)!, parsed.GetValue(flag) ?? []), parsed.GetValue(calibrator)!, parsed.GetValue(percentile), [.. parsed.GetValue(keep) ?? []])
            {
                Float16 = [.. parsed.GetValue(half) ?? []],
                Int16 = [.. parsed.GetValue(int16) ?? []],
                Options = new CalibrationOptions(
                    parsed.GetValue(weights)!, parsed.GetValue(constant), parsed.GetValue(adaRound) ? AdaRoundOptions.Default : null, parsed.GetValue(ranges) is { } file ? RangeFile.Read(file) : null),
            },
            parsed.GetValue(export), parsed.GetValue(format)!, stop)));
        return command;
    }

    private static TargetProfile Profile(string target, string[] flags)
    {
        var faults = new FaultList();
        TargetProfile profile = ProfileFile.Named(target, "--target").With(flags.Select(f => f.Split('=', 2)).Select(f => KeyValuePair.Create(f[0], f.Length > 1 ? f[1] : "")), "--flag", faults);
        faults.ThrowIfAny();
        return profile;
    }

    private static int Lower(string path, string calibration, string output, string? suite, LoweringPlan lowering, string? export, string format, CancellationToken stop)
    {
        OnnxModel model = OnnxModel.Load(path);
        IDataset images = FolderDataset.Open(calibration);
        PreprocessingPlan plan = suite is null ? ModelPreprocessing.Assumed(model, path, "calibrating") : ModelPreprocessing.Of(suite);
        var preprocessor = new PicturePreprocessor(plan);
        LoweringResult result = Progress.Watch(observer => Lowerer.Lower(model, lowering,
            (m, taps) => TargetModels.Activations(m, taps, images, preprocessor, _ => null, Composition.Backends[0], threads: 1, output, observer, stop),
            TargetModels.Rounding(observer)));
        string written = TargetModels.Write(result, output);
        foreach (string note in result.Notes)
            Console.WriteLine($"note: {note}");
        if (result.Record is { } record)
            Print(record);
        if (!result.KeptFloat.IsEmpty)
            Console.WriteLine($"kept in float: {string.Join(", ", result.KeptFloat)}");
        Console.WriteLine($"{written}: {result.Qdq.Length} Q/DQ pairs, quantized multiply-accumulates {(result.QuantizedMacShare is { } share ? Tables.Percent(share) : "none: the profile does not quantize")}"
            + (result.Cost.Relative is { } cost ? FormattableString.Invariant($", estimated cost {cost:0.00} times all quantized") : ""));
        if (export is not null)
        {
            File.WriteAllText(export, RangeFile.Write(result, format));
            Console.WriteLine($"{export}: ranges as {format}");
        }
        return ExitCode.Pass;
    }

    private static void Print(LoweringRecord record)
    {
        foreach (RewriteRecord rewrite in record.Rewrites)
            Console.WriteLine(FormattableString.Invariant($"rewritten: {rewrite.Reason}, {rewrite.Layers} layers, {(rewrite.CheckRelativeError is { } error ? FormattableString.Invariant($"at most {error:0.0e+0} of the largest value from the float model") : "not checked")}"));
        foreach (var group in record.Operators.GroupBy(o => (o.Outcome, o.OpType, o.Reason)))
            Console.WriteLine($"{(group.Key.Outcome == "split" ? "split" : $"runs in float{(group.Key.Outcome == "host" ? " on the host" : "")}")}: {group.Count()} {group.Key.OpType}, {group.Key.Reason}");
        foreach (var group in record.Layers.GroupBy(l => l.Precision).OrderBy(g => g.Key, StringComparer.Ordinal))
            Console.WriteLine(FormattableString.Invariant($"{group.Key}: {group.Count()} layers, {(group.All(l => l.Macs is not null) ? $"{group.Sum(l => l.Macs)}" : "unknown")} multiply-accumulates"));
    }
}
