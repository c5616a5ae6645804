using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;
using Parity.Suites.Imaging;

namespace Parity.Suites.Segmentation;

/// <summary>
/// A model's score maps to a class for each pixel of the picture: the best of several planes (the first among equals), or whether the score of
/// a single plane is above a threshold. Scores are resized first and decided on afterwards.
/// </summary>
/// <param name="threshold">Of a single plane, exclusive; null takes the best plane.</param>
public sealed class SegmentationDecoder(DecoderOutput output, TensorLayout layout, MapResize resize, float? threshold)
{
    private static readonly ImmutableArray<string> ResizeNames = ["bilinear-half-pixel", "bilinear-align-corners", "nearest"];

    /// <summary>Keys <c>kind</c> (argmax, threshold), <c>threshold</c>, <c>output</c>, <c>layout</c> and <c>resize</c>, which has no default: models are trained with either.</summary>
    public static SegmentationDecoder FromSettings(Settings settings)
    {
        bool best = settings.Choice("kind", ["argmax", "threshold"]) == "argmax";
        float? threshold = best ? null : (float)settings.Number("threshold");
        var output = new DecoderOutput(settings.Has("output") ? settings.Text("output") : null);
        TensorLayout layout = settings.Choice("layout", ["nchw", "nhwc"], "nchw") == "nhwc" ? TensorLayout.Nhwc : TensorLayout.Nchw;
        var resize = (MapResize)ResizeNames.IndexOf(settings.Choice("resize", ResizeNames));
        settings.RejectUnknown();
        return new SegmentationDecoder(output, layout, resize, threshold);
    }

    /// <summary>Adds a fault for each way in which the outputs do not fit.</summary>
    public void CheckOutputs(ImmutableArray<TensorPort> outputs, int classes, string model, FaultList faults)
    {
        if (output.Find(outputs, model, faults) is not { } port)
            return;
        int planes = Planes(classes);
        if (layout == TensorLayout.Nchw)
            DecoderOutput.CheckShape(port, Wanted(classes), model, faults, 1, planes, null, null);
        else
            DecoderOutput.CheckShape(port, Wanted(classes), model, faults, 1, null, null, planes);
    }

    /// <summary>Two classes from one plane; else a plane a class.</summary>
    /// <exception cref="FaultException">NaN or infinity; an output that is missing or of a wrong shape; a picture that the input cuts.</exception>
    public LabelMap Decode(IReadOnlyDictionary<string, Tensor> outputs, Sample sample, Placement placement, int classes)
    {
        ReadOnlySpan<float> values = output.Floats(outputs, sample, out ImmutableArray<int> shape, out string name);
        int plane = layout == TensorLayout.Nchw ? 1 : 3, row = layout == TensorLayout.Nchw ? 2 : 1;
        if (shape.Length != 4 || shape[0] != 1 || shape[plane] != Planes(classes))
            throw DecoderOutput.Misshapen(name, shape, Wanted(classes), sample);
        if (MapAxis.Cuts(placement))
            throw new FaultException("the model's input cuts the picture, so part of it has no class", $"sample {sample.Id}", "Resize by 'stretch' or a letterbox.");

        int width = placement.PictureWidth, height = placement.PictureHeight;
        var maps = new ScoreMaps(values, shape[plane], shape[row + 1], shape[row], layout);
        var decided = new byte[width * height];
        if (threshold is { } limit)
        {
            maps.Rows(0, resize, placement, (y, scores) =>
            {
                for (int x = 0; x < width; x++)
                    decided[(y * width) + x] = scores[x] > limit ? (byte)1 : (byte)0;
            });
            return new LabelMap(width, height, decided);
        }

        var best = new float[width * height];
        Array.Fill(best, float.NegativeInfinity);
        for (int c = 0; c < maps.Classes; c++)
        {
            byte index = (byte)c;
            maps.Rows(c, resize, placement, (y, scores) =>
            {
                for (int x = 0, at = y * width; x < width; x++, at++)
                {
                    if (scores[x] > best[at])
                        (best[at], decided[at]) = (scores[x], index);
                }
            });
        }
        return new LabelMap(width, height, decided);
    }

    private int Planes(int classes) => threshold is null ? classes : 1;

    private string Wanted(int classes) => layout == TensorLayout.Nchw
        ? $"[1,{Planes(classes)},height,width] of scores"
        : $"[1,height,width,{Planes(classes)}] of scores";
}
