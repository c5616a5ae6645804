using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Every second pixel of a tensor along height and width, from (Y, X) on, each 0 or 1.</summary>
internal sealed record PixelSlice(string Source, int Y, int X)
{
    private const int Height = 2, Width = 3, Rank = 4;

    /// <summary>Follows slices upwards until both axes are halved; null when they are not, or take other pixels.</summary>
    public static PixelSlice? Of(Graph graph, InferredShapes shapes, string tensor)
    {
        int?[] starts = new int?[Rank];
        while (starts[Height] is null || starts[Width] is null)
        {
            if (graph.ProducerOf(tensor) is not { } slice || !slice.Is("Slice") || !TryHalve(slice, shapes, starts))
                return null;
            tensor = slice.Input(0);
        }
        return new PixelSlice(tensor, starts[Height]!.Value, starts[Width]!.Value);
    }

    private static bool TryHalve(Node slice, InferredShapes shapes, int?[] starts)
    {
        if (shapes.ValueOf(slice.Input(1)) is not { } from || shapes.ValueOf(slice.Input(2)) is not { } to)
            return false;
        var axes = slice.HasInput(3) ? shapes.ValueOf(slice.Input(3)) : [.. Enumerable.Range(0, from.Length).Select(i => (double)i)];
        var steps = slice.HasInput(4) ? shapes.ValueOf(slice.Input(4)) : [.. from.Select(_ => 1.0)];
        if (axes is null || steps is null)
            return false;
        var shape = shapes.ShapeOf(slice.Input(0));
        for (int i = 0; i < from.Length; i++)
        {
            int axis = (int)axes.Value[i];
            axis = axis < 0 ? axis + Rank : axis;
            int extent = shape is { Length: Rank } known ? known[axis] : -1;
            bool all = from[i] == 0 && (to[i] >= int.MaxValue || (extent >= 0 && to[i] >= extent));
            if (steps.Value[i] == 1 && all)
                continue;
            if (axis is not (Height or Width) || starts[axis] is not null || steps.Value[i] != 2 || from[i] is not (0 or 1) || !ReachesEnd(from[i], to[i], extent))
                return false;
            starts[axis] = (int)from[i];
        }
        return true;
    }

    /// <summary>Whether a slice with step 2 takes its share of every pair of pixels.</summary>
    private static bool ReachesEnd(double from, double to, int extent)
    {
        if (extent < 0)
            return to >= int.MaxValue;
        double end = Math.Min(to < 0 ? to + extent : to, extent);
        return extent % 2 == 0 && Math.Ceiling((end - from) / 2) == extent / 2;
    }
}
