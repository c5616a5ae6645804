using FsCheck;
using FsCheck.Fluent;
using Parity.Suites.Coco;

namespace Parity.Suites.Tests.Coco;

/// <summary>What holds for every dataset, of boxes, masks and keypoints alike. Scores are few, so that ties abound.</summary>
public sealed class CocoPropertyTests
{
    private static readonly Config Forty = Config.QuickThrowOnFailure.WithMaxTest(40);

    [Theory]
    [InlineData("Box")]
    [InlineData("Mask")]
    [InlineData("Keypoints")]
    public void Weights_equal_a_dataset_in_which_each_image_stands_that_often(string shape) => Check.One(Forty, Prop.ForAll<int>(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
    {
        CocoScene[] scenes = CocoScene.Random(new Random(seed), 5);
        var random = new Random(seed + 1);
        int[] weights = [.. scenes.Select(_ => random.Next(4))];
        CocoEvaluation once = CocoScene.Evaluate(scenes, Enum.Parse<CocoShape>(shape));
        var weighted = new double[once.Kinds.Length];
        once.Measure(weights, weighted);
        weighted.Should().Equal(Measured([.. scenes.SelectMany((s, i) => Enumerable.Range(0, weights[i]).Select(c => s with { Image = (s.Image * 10) + c }))], shape));
    }));

    [Theory]
    [InlineData("Box")]
    [InlineData("Mask")]
    [InlineData("Keypoints")]
    public void The_order_of_images_changes_nothing(string shape) => Check.One(Forty, Prop.ForAll<int>(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
    {
        CocoScene[] scenes = CocoScene.Random(new Random(seed), 5), shuffled = [.. scenes];
        new Random(seed).Shuffle(shuffled);
        Measured(shuffled, shape).Should().Equal(Measured(scenes, shape));
    }));

    [Theory]
    [InlineData("Box")]
    [InlineData("Mask")]
    [InlineData("Keypoints")]
    public void A_monotone_change_of_scores_changes_nothing(string shape) => Check.One(Forty, Prop.ForAll<int>(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
    {
        CocoScene[] scenes = CocoScene.Random(new Random(seed), 5);
        Measured([.. scenes.Select(s => s with { Found = [.. s.Found.Select(f => (f.Item, (f.Score * f.Score) - 3))] })], shape).Should().Equal(Measured(scenes, shape));
    }));

    private static double[] Measured(CocoScene[] scenes, string shape) => CocoCase.Measure(CocoScene.Evaluate(scenes, Enum.Parse<CocoShape>(shape)));
}
