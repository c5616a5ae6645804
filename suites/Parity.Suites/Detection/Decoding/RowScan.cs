using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>Turns the four box values of a row into corners in pixels of the input.</summary>
internal interface IRowGeometry
{
    void Corners(int row, ReadOnlySpan<float> box, out float left, out float top, out float right, out float bottom);
}

/// <summary>Scans rows [x, y, w, h, objectness, class scores..., more...], score = objectness * class score: the form of YOLOv5 and YOLOX.</summary>
internal static class RowScan
{
    public static void Scan<TGeometry>(
        ReadOnlySpan<float> values, int columns, int first, int rows, DecodeRequest request, string output, bool sigmoid, TGeometry geometry, Candidates candidates)
        where TGeometry : struct, IRowGeometry
    {
        float threshold = request.Threshold;
        Span<float> scores = request.Classes <= 1024 ? stackalloc float[request.Classes] : new float[request.Classes];
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<float> line = values.Slice(row * columns, columns);
            float objectness = sigmoid ? ScoreScan.Sigmoid(line[4]) : line[4];
            ScoreScan.RequireProbability(objectness, "objectness", output, request.Sample);
            // Class scores reach 1 and a little more (see ScoreScan), so nothing of this row can pass the threshold.
            if (objectness * 1.02f <= threshold)
                continue;
            ReadOnlySpan<float> classes = line.Slice(5, request.Classes);
            float most = ScoreScan.Max(classes);
            if (sigmoid)
                most = ScoreScan.Sigmoid(most);
            ScoreScan.RequireProbability(most, "class score", output, request.Sample);
            if (objectness * most <= threshold)
                continue;
            for (int c = 0; c < scores.Length; c++)
                scores[c] = objectness * (sigmoid ? ScoreScan.Sigmoid(classes[c]) : classes[c]);
            geometry.Corners(row, line[..4], out float left, out float top, out float right, out float bottom);
            Add(scores, row, left, top, right, bottom, request, candidates);
        }
    }

    /// <summary>Adds the best class, or every class above the threshold, of one box.</summary>
    public static void Add(
        ReadOnlySpan<float> scores, int box, float left, float top, float right, float bottom, DecodeRequest request, Candidates candidates)
    {
        int best = 0;
        for (int c = 0; c < scores.Length; c++)
        {
            if (request.EveryClass && scores[c] > request.Threshold)
                candidates.Add(left, top, right, bottom, scores[c], c, (box * scores.Length) + c);
            if (scores[c] > scores[best])
                best = c;
        }
        if (!request.EveryClass && scores[best] > request.Threshold)
            candidates.Add(left, top, right, bottom, scores[best], best, box);
    }
}
