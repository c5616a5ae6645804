using Parity.Core;
using Parity.Suites.Coco;

namespace Parity.Suites.Tests.Coco;

/// <summary>What files may hold, and what is said of those that are wrong.</summary>
public sealed class CocoInputTests
{
    private const string Truth = """
        {"images": [{"id": 1, "width": 10, "height": 8}], "categories": [{"id": 3, "name": "cat"}],
         "annotations": [{"id": 1, "image_id": 1, "category_id": 3, "bbox": [2, 2, 4, 4], "area": 16, "iscrowd": 0, "segmentation": [[2, 2, 6, 2, 6, 6, 2, 6]]}]}
        """;

    private const string Hit = """[{"image_id": 1, "category_id": 3, "bbox": [2, 2, 4, 4], "score": 0.5}]""";

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("{}", "the results are not a JSON list")]
    [InlineData("[{\"image_id\": 1, \"category_id\": 3, \"bbox\": [2, 2, 4, 4], \"score\": 0.5}", "ends in the middle")]
    [InlineData("[{\"image_id\": 1, \"category_id\": 3, \"bbox\": [2, 2, 4, 4], \"score\": 0.5}] x", "something follows the end")]
    [InlineData("[{\"image_id\": 1 \"category_id\": 3}]", "there is no ',' or '}'")]
    [InlineData("[{\"image_id\": 1,}]", "a ',' too many")]
    [InlineData("[{\"image_id\": 01}]", "a number begins with 0")]
    [InlineData("[{\"image_id\": 1, \"category_id\": 3, \"bbox\": [2, 2, 4, 4], \"score\": NaN}]", "score is no finite number")]
    [InlineData("[{\"image_id\": 1, \"category_id\": 3, \"bbox\": [2, 2, 4, 4], \"score\": 1e999}]", "score is no finite number")]
    [InlineData("[{\"image_id\": 1, \"category_id\": 3, \"bbox\": [2, 2, 4, 4]}]", "'score' is missing")]
    [InlineData("[{\"image_id\": 1, \"category_id\": 3, \"bbox\": [2, 2, -4, 4], \"score\": 0.5}]", "bbox is -4 wide and 4 high")]
    [InlineData("[{\"image_id\": 1, \"category_id\": 3, \"bbox\": [2, 2, 4], \"score\": 0.5}]", "bbox is 3 numbers instead of 4")]
    [InlineData("[{\"image_id\": 9, \"category_id\": 3, \"bbox\": [2, 2, 4, 4], \"score\": 0.5}]", "image_id 9 is not in the ground truth")]
    [InlineData("[{\"image_id\": 1, \"category_id\": 9, \"bbox\": [2, 2, 4, 4], \"score\": 0.5}]", "category_id 9 is not in the ground truth")]
    [InlineData("[{\"image_id\": 1.5, \"category_id\": 3, \"bbox\": [2, 2, 4, 4], \"score\": 0.5}]", "image_id is no whole number")]
    [InlineData("[7]", "this is not an object")]
    public void Wrong_results_are_a_fault_that_says_what(string results, string what) =>
        FluentActions.Invoking(() => CocoCase.OfText(Truth, results)).Should().Throw<FaultException>().Which.Faults.Should().ContainSingle().Which.What.Should().Contain(what);

    [Theory]
    [InlineData("\"category_id\": 3", "\"category_id\": 4", "category_id 4 is not in categories")]
    [InlineData("\"image_id\": 1", "\"image_id\": 4", "image_id 4 is not in images")]
    [InlineData("[2, 2, 4, 4]", "[2, 2, 4, -4]", "bbox is 4 wide and -4 high")]
    [InlineData("\"area\": 16", "\"area\": -16", "area is -16")]
    [InlineData("\"area\": 16, ", "", "'area' is missing")]
    [InlineData("\"height\": 8", "\"height\": 8, \"neg_category_ids\": [3]", "federated as LVIS's")]
    public void A_wrong_ground_truth_is_a_fault_that_says_what(string right, string wrong, string what) =>
        FluentActions.Invoking(() => CocoCase.OfText(Truth.Replace(right, wrong), Hit)).Should().Throw<FaultException>().Which.Faults.Should().Contain(f => f.What.Contains(what));

    [Fact]
    public void Malformed_JSON_is_found_by_line_and_column() =>
        FluentActions.Invoking(() => CocoCase.OfText(Truth, "[\n  {]")).Should().Throw<FaultException>().Which.Faults[0].Where.Should().EndWith("dt.json:2:4");

    [Fact]
    public void No_detections_are_zeros_and_no_objects_no_value()
    {
        CocoCase.Measure(CocoCase.OfText(Truth, "[]"))[0].Should().Be(0);
        CocoCase.Measure(CocoCase.OfText("""{"images": [{"id": 1}], "categories": [{"id": 3, "name": "cat"}]}""", Hit)).Should().OnlyContain(v => double.IsNaN(v));
        CocoCase.Measure(CocoCase.OfText("""{"images": [], "categories": [], "annotations": []}""", "[]")).Should().OnlyContain(v => double.IsNaN(v));
    }

    /// <summary>The square of columns 2 to 5 and rows 2 to 5 of a picture 8 high: 18 clear, then 4 set and 4 clear in turn.</summary>
    [Theory]
    [InlineData("[[2, 2, 6, 2, 6, 6, 2, 6]]")]
    [InlineData("[[2, 2, 4, 4]]")]
    [InlineData("{\"size\": [8, 10], \"counts\": [18, 4, 4, 4, 4, 4, 4, 4, 34]}")]
    [InlineData("{\"size\": [8, 10], \"counts\": \"b04400000n0\"}")]
    public void Every_form_of_mask_is_the_same_mask(string mask)
    {
        double[] values = CocoCase.Measure(CocoCase.OfText(Truth, $$"""[{"image_id": 1, "category_id": 3, "segmentation": {{mask}}, "score": 0.5}]""", CocoShape.Mask));
        values[0].Should().BeApproximately(1, 1e-12);
        values[8].Should().Be(1);
    }

    [Theory]
    [InlineData("{\"size\": [8, 10], \"counts\": [18, 4]}", "the mask's runs are 22 pixels of 8 x 10")]
    [InlineData("{\"size\": [4, 5], \"counts\": [20]}", "the mask is 5 x 4 pixels, its image 10 x 8")]
    [InlineData("{\"size\": [8, 10], \"counts\": \"b0 4\"}", "a character or number that COCO's run lengths do not have")]
    [InlineData("{\"counts\": \"b0\"}", "segmentation has no 'size'")]
    [InlineData("[[1, 2, 3]]", "a polygon of 3 numbers")]
    [InlineData("[]", "segmentation has no polygon")]
    [InlineData("7", "neither a list of polygons nor run lengths")]
    public void A_wrong_mask_is_a_fault_that_says_what(string mask, string what) =>
        FluentActions.Invoking(() => CocoCase.OfText(Truth, $$"""[{"image_id": 1, "category_id": 3, "segmentation": {{mask}}, "score": 0.5}]""", CocoShape.Mask))
            .Should().Throw<FaultException>().Which.Faults[0].What.Should().Contain(what);

    /// <summary>Of the mask above pycocotools' toBbox is 2, 2, 4, 4; around keypoints the box goes from the first corner to the last.</summary>
    [Theory]
    [InlineData("\"segmentation\": {\"size\": [8, 10], \"counts\": [18, 4, 4, 4, 4, 4, 4, 4, 34]}")]
    [InlineData("\"segmentation\": {\"size\": [8, 10], \"counts\": \"b04400000n0\"}")]
    [InlineData("\"keypoints\": [2, 4, 1, 6, 2, 0, 3, 6, 2]")]
    public void Boxes_of_results_without_boxes_follow_from_what_they_have(string shape) =>
        CocoCase.Measure(CocoCase.OfText(Truth, $$"""[{"image_id": 1, "category_id": 3, {{shape}}, "score": 0.5}]"""))[0].Should().BeApproximately(1, 1e-12);

    [Theory]
    [InlineData("\"keypoints\": [2, 4]", "keypoints is 2 numbers, which are no triples")]
    [InlineData("\"segmentation\": [[2, 2, 6, 2, 6, 6, 2, 6]]", "of masks only run lengths tell one")]
    public void A_shape_that_tells_no_box_is_a_fault_that_says_so(string shape, string what) =>
        FluentActions.Invoking(() => CocoCase.OfText(Truth, $$"""[{"image_id": 1, "category_id": 3, {{shape}}, "score": 0.5}]"""))
            .Should().Throw<FaultException>().Which.Faults.Should().ContainSingle().Which.What.Should().Contain(what);

    [Fact]
    public void AP_with_another_limit_is_at_that_limit()
    {
        CocoEvaluation evaluation = CocoCase.OfText(Truth, Hit, parameters: CocoParameters.Detection([5]));
        evaluation.Kinds.Select(k => k.Name).Should().Contain("bbox/AR5").And.HaveCount(10);
        CocoCase.Measure(evaluation)[0].Should().BeApproximately(1, 1e-12);
    }

    [Fact]
    public void Asking_for_some_statistics_gives_these_bit_for_bit()
    {
        CocoEvaluation evaluation = CocoCase.OfText(Truth, Hit);
        double[] all = CocoCase.Measure(evaluation);
        CocoCase.Measure(evaluation.Only(["AP75", "AR10", "AP"])).Should().Equal(all[2], all[7], all[0]);
    }
}
