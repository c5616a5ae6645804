using System.Collections.Immutable;
using Parity.Suites.Detection;

namespace Parity.Suites.Tests.Detection;

/// <summary>Images with objects of all sizes, some crowds, and detections near and far, whose scores take few values.</summary>
internal static class RandomScene
{
    public static ImmutableArray<BoxCategory> Categories { get; } = [new(1, "a"), new(2, "b"), new(7, "c")];

    /// <param name="scores">How many different scores there are: few make ties.</param>
    public static BoxSample Sample(string id, Random random, int scores)
    {
        var labels = new List<BoxLabel>();
        var boxes = new List<ScoredBox>();
        for (int i = random.Next(6); i > 0; i--)
        {
            int category = random.Next(3);
            double side = 10 + (random.NextDouble() * random.NextDouble() * 200), x = random.Next(200), y = random.Next(200);
            labels.Add(new BoxLabel(labels.Count + 1, Categories[category].Id, x, y, side, side, side * side, random.Next(8) == 0));
            for (int copies = random.Next(4); copies > 0; copies--)
            {
                double shift = random.NextDouble() * 0.3 * side;
                boxes.Add(new ScoredBox(x + shift, y, side, side * (0.8 + (random.NextDouble() * 0.4)), Score(), category));
            }
        }
        for (int i = random.Next(5); i > 0; i--)
            boxes.Add(new ScoredBox(random.Next(200), random.Next(200), random.Next(5, 150), random.Next(5, 150), Score(), random.Next(3)));
        return new BoxSample(id, labels, boxes);

        double Score() => (1 + random.Next(scores)) / (scores + 1.0);
    }
}
