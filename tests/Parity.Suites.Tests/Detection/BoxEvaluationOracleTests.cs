using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Parity.Suites.Coco;
using Parity.Suites.Detection;

namespace Parity.Suites.Tests.Detection;

/// <summary>Against pycocotools' own results on real and full-shaped data.</summary>
public class BoxEvaluationOracleTests
{
    [Theory]
    [InlineData("perf/small", "bbox_A")]
    [InlineData("perf/small", "bbox_C")]
    public void Statistics_and_arrays_equal_pycocotools_bit_for_bit(string folder, string name)
    {
        using JsonDocument expected = JsonDocument.Parse(SharedFolder.Bytes($"{folder}/{name}.expected.json"));
        CocoEvaluation evaluation = CocoFiles.Evaluate(SharedFolder.Bytes($"{folder}/gt_instances.json.xz"), SharedFolder.Bytes($"{folder}/dt_{name}.json.xz"));

        evaluation.Parameters.IouThresholds.Should().Equal(Doubles(expected.RootElement.GetProperty("iouThrs")));
        double[] statistics = Measure(evaluation);
        double[] wanted = Doubles(expected.RootElement.GetProperty("stats"));
        for (int i = 0; i < wanted.Length; i++)
            statistics[i].Should().BeApproximately(wanted[i], 1e-12, evaluation.Kinds[i].Name);

        CocoCurves curves = evaluation.Curves();
        JsonElement hashes = expected.RootElement.GetProperty("sha256");
        Sha256(curves.Precision).Should().Be(hashes.GetProperty("precision").GetString());
        Sha256(curves.Recall).Should().Be(hashes.GetProperty("recall").GetString());
        Sha256(curves.Scores).Should().Be(hashes.GetProperty("scores").GetString());
    }

    [Fact]
    public void Average_precision_of_each_category_equals_pycocotools()
    {
        using JsonDocument expected = JsonDocument.Parse(SharedFolder.Bytes("perf/small/bbox_A.expected.json"));
        CocoEvaluation evaluation = CocoFiles.Evaluate(SharedFolder.Bytes("perf/small/gt_instances.json.xz"), SharedFolder.Bytes("perf/small/dt_bbox_A.json.xz"));
        CocoCurves curves = evaluation.Curves();
        int k = 0;
        foreach (JsonElement category in expected.RootElement.GetProperty("per_category").EnumerateArray())
        {
            JsonElement ap = category.GetProperty("AP");
            double? wanted = ap.ValueKind == JsonValueKind.Null || ap.GetDouble() < 0 ? null : ap.GetDouble();
            if (wanted is null)
                curves.AveragePrecision(k, 0, 2).Should().BeNull();
            else
                curves.AveragePrecision(k, 0, 2)!.Value.Should().BeApproximately(wanted.Value, 1e-12);
            k++;
        }
        k.Should().Be(80);
    }

    [Fact]
    public void The_twelve_statistics_of_val2014_100_are_those_of_cocoapi()
    {
        double[] wanted =
            [0.504581, 0.696973, 0.572982, 0.585626, 0.519400, 0.501398, 0.386813, 0.593680, 0.595353, 0.639811, 0.566421, 0.564291];
        double[] statistics = Measure(CocoFiles.Evaluate(
            SharedFolder.Bytes("real/coco-eval/instances_val2014_100.json"), SharedFolder.Bytes("real/coco-eval/instances_val2014_fakebbox100_results.json")));
        for (int i = 0; i < wanted.Length; i++)
            statistics[i].Should().BeApproximately(wanted[i], 1e-6);
    }

    /// <summary>faster_coco_eval's test_ignore_coco_eval: a crowd over the whole image takes up what matches nobody.</summary>
    [Fact]
    public void Detections_inside_a_crowd_are_neither_hits_nor_misses()
    {
        double none = double.NaN;
        double[] wanted =
        [
            0.7099009900990099, 1.0, 0.8415841584158416, none, 0.7099009900990099, none,
            0.0, 0.45384615384615384, 0.7153846153846154, none, 0.7153846153846154, none,
        ];
        double[] statistics = Measure(CocoFiles.Evaluate(
            SharedFolder.Bytes("real/coco-eval/fce_gt_ignore_test.json"), SharedFolder.Bytes("real/coco-eval/fce_dt_ignore_test.json")));
        for (int i = 0; i < wanted.Length; i++)
        {
            double.IsNaN(statistics[i]).Should().Be(double.IsNaN(wanted[i]));
            if (!double.IsNaN(wanted[i]))
                statistics[i].Should().BeApproximately(wanted[i], 1e-12);
        }
    }

    private static double[] Measure(CocoEvaluation evaluation)
    {
        var values = new double[evaluation.Kinds.Length];
        int[] weights = [.. Enumerable.Repeat(1, evaluation.SampleIds.Length)];
        evaluation.Measure(weights, values);
        return values;
    }

    private static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];

    private static string Sha256(double[] array) => Convert.ToHexStringLower(SHA256.HashData(CocoCurves.Bytes(array)));
}
