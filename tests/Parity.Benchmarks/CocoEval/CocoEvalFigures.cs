using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Parity.Benchmarks.Running;
using Parity.Suites.Coco;

namespace Parity.Benchmarks.CocoEval;

/// <summary>
/// `parity coco-eval` on the full-size problem of shared/perf: whole fresh processes (CPU s, wall s, peak MB), stages within one
/// process, and whether every array equals pycocotools' by its sha256.
/// </summary>
internal static class CocoEvalFigures
{
    private static readonly (string Type, CocoShape Shape, string Gt, string Dt, string Name, double Target, double Stretch)[] Problems =
    [
        ("bbox", CocoShape.Box, "gt_instances", "dt_bbox_A", "bbox_A", 0.85, 0.55),
        ("bbox", CocoShape.Box, "gt_instances", "dt_bbox_C", "bbox_C", 0.85, 0.55),
        ("segm", CocoShape.Mask, "gt_instances", "dt_segm_A", "segm_A", 3.5, 2.0),
        ("keypoints", CocoShape.Keypoints, "gt_person_keypoints", "dt_kpt_A", "keypoints_A", 0.45, 0.30),
        ("keypoints", CocoShape.Keypoints, "gt_person_keypoints", "dt_kpt_C", "keypoints_C", 0.45, 0.30),
    ];

    /// <param name="withBootstrap">Also 1,000 paired resamples of boxes.</param>
    /// <param name="withLarge">Also the ground truth of boxes, blown up by blanks to more than 2 GB.</param>
    public static int Print(TextWriter output, int rounds, bool withBootstrap, bool withLarge)
    {
        if (PerfFolder.Unpack() is not { } folder)
        {
            output.WriteLine("shared/perf is absent, or the command xz: set PARITY_DATA to the folder that holds shared's real/ and perf/");
            return 3;
        }
        output.WriteLine($"{CpuClock.Load()}; processes: best of {rounds}");
        foreach (var problem in Problems)
        {
            PrintProcesses(output, folder, problem.Name, problem.Target, problem.Stretch, rounds,
                ["--gt", folder.File(problem.Gt), "--dt", folder.File(problem.Dt), "--type", problem.Type]);
            PrintStages(output, folder, problem.Shape, folder.File(problem.Gt), folder.File(problem.Dt), problem.Name);
        }
        if (withBootstrap)
        {
            string[] paired = ["--gt", folder.File("gt_instances"), "--dt", folder.File("dt_bbox_A"), "--against", folder.File("dt_bbox_C"), "--bootstrap", "1000", "--seed", "7"];
            PrintProcesses(output, folder, "bootstrap AP,AP50,AP75", 10, 5.6, 1, [.. paired, "--statistics", "AP,AP50,AP75"]);
            PrintProcesses(output, folder, "bootstrap all", 45, 22, 1, paired);
        }
        if (withLarge)
        {
            string large = folder.Blown("gt_instances", "annotations", 2_300_000_000);
            PrintStages(output, folder, CocoShape.Box, large, folder.File("dt_bbox_A"), "bbox_A");
            System.IO.File.Delete(large);
        }
        return 0;
    }

    private static void PrintProcesses(TextWriter output, PerfFolder folder, string name, double target, double stretch, int rounds, string[] arguments)
    {
        foreach (int threads in (int[])[1, 2])
        {
            ChildCost best = Enumerable.Range(0, rounds).Select(_ => ChildCost.OfParity(["coco-eval", .. arguments, "--threads", $"{threads}"])).MinBy(c => threads == 1 ? c.CpuSeconds : c.WallSeconds);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-24} {threads} thread(s)  CPU {best.CpuSeconds,6:0.00} s  wall {best.WallSeconds,6:0.00} s  peak {best.PeakMegabytes,4:0} MB  (CPU wanted {target} s, stretch {stretch} s)"));
        }
    }

    private static void PrintStages(TextWriter output, PerfFolder folder, CocoShape shape, string gt, string dt, string name)
    {
        double start = CpuClock.Thread();
        using CocoGroundTruth truth = CocoGroundTruth.Open(gt, shape, KeypointSigmas.Coco);
        double afterTruth = CpuClock.Thread();
        using CocoResults results = CocoResults.Open(dt, shape, shape == CocoShape.Keypoints ? KeypointSigmas.Coco.Length : 0);
        double afterResults = CpuClock.Thread();
        CocoEvaluation evaluation = truth.Evaluate(results, shape == CocoShape.Keypoints ? CocoParameters.Keypoints([20]) : CocoParameters.Default);
        double afterMatching = CpuClock.Thread();
        var values = new double[evaluation.Kinds.Length];
        int[] once = [.. Enumerable.Repeat(1, evaluation.SampleIds.Length)];
        for (int i = 0; i < 10; i++)
            evaluation.Measure(once, values);
        double afterMeasuring = CpuClock.Thread();
        CocoCurves curves = evaluation.Curves();
        using JsonDocument expected = JsonDocument.Parse(System.IO.File.ReadAllBytes(folder.Expected(name)));
        JsonElement hashes = expected.RootElement.GetProperty("sha256");
        double worst = expected.RootElement.GetProperty("stats").EnumerateArray().Select((v, i) => Math.Abs(v.GetDouble() - (double.IsNaN(values[i]) ? -1 : values[i]))).Max();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-24} stages, ms: truth {(afterTruth - start) * 1e3:0}, results {(afterResults - afterTruth) * 1e3:0}, matching {(afterMatching - afterResults) * 1e3:0}, measuring {(afterMeasuring - afterMatching) * 1e2:0.00}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-24} sha256 equal: precision {Equal("precision", curves.Precision)}, recall {Equal("recall", curves.Recall)}, scores {Equal("scores", curves.Scores)}; statistics differ by at most {worst:0.0e+0}"));

        string Equal(string array, double[] values) =>
            Convert.ToHexStringLower(SHA256.HashData(CocoCurves.Bytes(values))) == hashes.GetProperty(array).GetString() ? "yes" : "NO";
    }
}
