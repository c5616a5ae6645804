using System.Security.Cryptography;
using System.Text.Json;
using Parity.Suites.Coco;
using Parity.Suites.Tests.Detection;

namespace Parity.Suites.Tests.Coco;

/// <summary>From files, against what pycocotools computed of them.</summary>
public sealed class CocoOracleTests
{
    private const string Real = "real/coco-eval/";

    [Theory]
    [InlineData("bbox_A", "gt_instances", "dt_bbox_A", CocoShape.Box, 1)]
    [InlineData("bbox_C", "gt_instances", "dt_bbox_C", CocoShape.Box, 2)]
    [InlineData("segm_A", "gt_instances", "dt_segm_A", CocoShape.Mask, 1)]
    [InlineData("segm_A", "gt_instances", "dt_segm_A", CocoShape.Mask, 3)]
    [InlineData("keypoints_A", "gt_person_keypoints", "dt_kpt_A", CocoShape.Keypoints, 1)]
    [InlineData("keypoints_C", "gt_person_keypoints", "dt_kpt_C", CocoShape.Keypoints, 2)]
    public void Arrays_are_pycocotools_bit_for_bit_and_statistics_within_1e_12(string name, string truth, string results, CocoShape shape, int threads)
    {
        using JsonDocument expected = JsonDocument.Parse(SharedFolder.Bytes($"perf/small/{name}.expected.json"));
        CocoEvaluation evaluation = CocoCase.OfShared($"perf/small/{truth}.json.xz", $"perf/small/{results}.json.xz", shape, threads);

        double[] wanted = [.. expected.RootElement.GetProperty("stats").EnumerateArray().Select(v => v.GetDouble())];
        Check(CocoCase.Measure(evaluation), [.. wanted.Select(w => w < 0 ? double.NaN : w)], 1e-12);
        CocoCurves curves = evaluation.Curves();
        JsonElement hashes = expected.RootElement.GetProperty("sha256");
        Sha256(curves.Precision).Should().Be(hashes.GetProperty("precision").GetString());
        Sha256(curves.Recall).Should().Be(hashes.GetProperty("recall").GetString());
        Sha256(curves.Scores).Should().Be(hashes.GetProperty("scores").GetString());
    }

    [Fact]
    public void Masks_of_val2014_100_with_polygons_and_run_lengths() => Check(
        CocoCase.Measure(CocoCase.OfShared(Real + "instances_val2014_100.json", Real + "instances_val2014_fakesegm100_results.json", CocoShape.Mask)),
        [0.319545, 0.562288, 0.298927, 0.387374, 0.310183, 0.326934, 0.268230, 0.415449, 0.416839, 0.469450, 0.376759, 0.381472], 1e-6);

    [Fact]
    public void Boxes_of_val2014_100() => Check(
        CocoCase.Measure(CocoCase.OfShared(Real + "instances_val2014_100.json", Real + "instances_val2014_fakebbox100_results.json", CocoShape.Box)),
        [0.504581, 0.696973, 0.572982, 0.585626, 0.519400, 0.501398, 0.386813, 0.593680, 0.595353, 0.639811, 0.566421, 0.564291], 1e-6);

    [Fact]
    public void Keypoints_of_xtcocoapi() => Check(
        CocoCase.Measure(CocoCase.OfShared(Real + "xtcocoapi/annotations/example_coco_val.json", Real + "xtcocoapi/annotations/example_coco_preds.json", CocoShape.Keypoints)),
        [0.86089, 0.99315, 0.91089, 0.77558, 0.93725, 0.87500, 1.0, 0.91667, 0.78000, 0.94286], 1e-5);

    [Theory]
    [InlineData(CocoShape.Box)]
    [InlineData(CocoShape.Mask)]
    public void A_crowd_takes_up_what_matches_nobody_and_ids_may_be_text(CocoShape shape)
    {
        double none = double.NaN;
        if (shape == CocoShape.Box)
        {
            Check(CocoCase.Measure(CocoCase.OfShared(Real + "fce_gt_ignore_test.json", Real + "fce_dt_ignore_test.json", shape)),
                [0.7099009900990099, 1.0, 0.8415841584158416, none, 0.7099009900990099, none, 0.0, 0.45384615384615384, 0.7153846153846154, none, 0.7153846153846154, none], 1e-12);
            return;
        }
        Check(CocoCase.Measure(CocoCase.OfShared(Real + "fce_gt_dataset.json", Real + "fce_dt_dataset.json", shape)),
            CocoCase.Measure(CocoCase.OfShared(Real + "fce_gt_dataset.json", Real + "fce_dt_dataset.json", CocoShape.Box)), 1e-12);
    }

    private static void Check(double[] values, double[] wanted, double tolerance)
    {
        values.Should().HaveCount(wanted.Length);
        for (int i = 0; i < wanted.Length; i++)
        {
            double.IsNaN(values[i]).Should().Be(double.IsNaN(wanted[i]), "statistic {0}", i);
            if (!double.IsNaN(wanted[i]))
                values[i].Should().BeApproximately(wanted[i], tolerance, "statistic {0}", i);
        }
    }

    private static string Sha256(double[] array) => Convert.ToHexStringLower(SHA256.HashData(CocoCurves.Bytes(array)));
}
