using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Parity.Cli.CocoEval;
using Parity.Core;
using Parity.Suites.Coco;

namespace Parity.Cli.Commands;

/// <summary>`parity coco-eval`: COCO's statistics of a results file, or how much a second one loses.</summary>
public static class CocoEvalCommand
{
    public static Command Create()
    {
        var gt = new Option<string>("--gt") { Description = "Annotation file in COCO's format", Required = true };
        var dt = new Option<string>("--dt") { Description = "Results file in COCO's format", Required = true };
        var type = new Option<string>("--type") { Description = "What is compared", DefaultValueFactory = _ => "bbox" };
        type.AcceptOnlyFromAmong("bbox", "segm", "keypoints");
        var maxDets = new Option<string?>("--max-dets") { Description = "Most detections an image and category, ascending (default 1,10,100; keypoints 20)" };
        var sigmas = new Option<string?>("--sigmas") { Description = "Scatter of each keypoint for skeletons other than COCO's 17, such as 0.079,0.072" };
        var against = new Option<string?>("--against") { Description = "Results of the quantized model: prints what it loses against --dt" };
        var bootstrap = new Option<int>("--bootstrap") { Description = "Resamples of images for the interval of each drop", DefaultValueFactory = _ => 1000 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the resamples", DefaultValueFactory = _ => 7 };
        var limit = new Option<double?>("--limit-points") { Description = "Largest drop of AP allowed, in points (hundredths): judges, by exit status" };
        var statistics = new Option<string?>("--statistics") { Description = "Only these statistics, such as AP,AP50,AP75 (default all)" };
        var json = new Option<string?>("--json") { Description = "File to write the figures to" };
        var threads = new Option<int>("--threads") { Description = "Threads (default 1)", DefaultValueFactory = _ => 1 };
        RequireAtLeastOne(bootstrap);
        RequireAtLeastOne(threads);
        var command = new Command("coco-eval", "COCO's AP and AR of boxes, masks or keypoints, as pycocotools computes them")
        {
            gt, dt, type, maxDets, sigmas, against, bootstrap, seed, limit, statistics, json, threads,
        };
        command.SetAction((parsed, stop) =>
        {
            CocoShape shape = parsed.GetValue(type) switch { "bbox" => CocoShape.Box, "segm" => CocoShape.Mask, _ => CocoShape.Keypoints };
            var request = new CocoEvalRequest(
                parsed.GetValue(gt)!, parsed.GetValue(dt)!, parsed.GetValue(against), shape, Parameters(shape, parsed.GetValue(maxDets)),
                Numbers("--sigmas", parsed.GetValue(sigmas)) ?? KeypointSigmas.Coco, Names(parsed.GetValue(statistics)),
                new BootstrapRecord(parsed.GetValue(bootstrap), parsed.GetValue(seed), 0.95), parsed.GetValue(limit), parsed.GetValue(json), parsed.GetValue(threads));
            if (request.LimitPoints is not null && request.Against is null)
                throw new FaultException("--limit-points limits a drop, and there is none without --against", "--limit-points", "Give the quantized model's results by --against.");
            return Task.FromResult(CocoEvalRun.Run(request, Console.Out, stop));
        });
        return command;
    }

    private static void RequireAtLeastOne(Option<int> option) => option.Validators.Add(r =>
    {
        if (r.Tokens is [{ Value: var text }] && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count) && count < 1)
            r.AddError($"{option.Name} needs a number of at least 1");
    });

    private static CocoParameters Parameters(CocoShape shape, string? maxDets)
    {
        ImmutableArray<double> limits = Numbers("--max-dets", maxDets) ?? (shape == CocoShape.Keypoints ? [20] : [1, 10, 100]);
        for (int i = 0; i < limits.Length; i++)
        {
            if (limits[i] != Math.Floor(limits[i]) || limits[i] is < 1 or > 1_000_000 || (i > 0 && limits[i] <= limits[i - 1]))
                throw new FaultException($"'{maxDets}' are not ascending numbers of detections", "--max-dets", "Write them like 1,10,100.");
        }
        ImmutableArray<int> whole = [.. limits.Select(l => (int)l)];
        return shape == CocoShape.Keypoints ? CocoParameters.Keypoints(whole) : CocoParameters.Detection(whole);
    }

    private static ImmutableArray<double>? Numbers(string option, string? text)
    {
        if (text is null)
            return null;
        var numbers = ImmutableArray.CreateBuilder<double>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !(number > 0 && double.IsFinite(number)))
                throw new FaultException($"'{part}' is no number above 0", option, "Write numbers with commas between them.");
            numbers.Add(number);
        }
        return numbers.ToImmutable();
    }

    private static ImmutableArray<string>? Names(string? text) => text is null ? null : [.. text.Split(',', StringSplitOptions.TrimEntries)];
}
