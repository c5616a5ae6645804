using Parity.Core;
using Parity.Engine.Suites;
using Parity.Onnx;
using Parity.Suites.Preprocessing;

namespace Parity.Cli.Commands;

/// <summary>How pictures are prepared for a model that is used outside any run.</summary>
public static class ModelPreprocessing
{
    /// <summary>The `preprocessing` section of a suite.</summary>
    /// <exception cref="FaultException">No such suite, or all mistakes of the section.</exception>
    public static PreprocessingPlan Of(string suite)
    {
        if (!File.Exists(suite))
            throw new FaultException("there is no such suite", suite, "Give a suite file, or leave --suite out.");
        var faults = new FaultList();
        PreprocessingPlan? plan = PreprocessingPlan.Read(YamlSettings.Parse(File.ReadAllText(suite), Path.GetFileName(suite), faults).Section("preprocessing"));
        faults.ThrowIfAny();
        return plan!;
    }

    /// <summary>RGB, 1/255, letterbox-centred: what most detectors want, said on standard error because it is a guess.</summary>
    /// <exception cref="FaultException">The input is not one float32 picture of known size, channels first.</exception>
    public static PreprocessingPlan Assumed(OnnxModel model, string path, string doing)
    {
        InputContract input = Guess(model, path);
        if (input is not { Layout: TensorLayout.Nchw, Type: ElementType.Float32 })
            throw new FaultException("the input is not float32 [N, 3, height, width]", path, "Give the suite that prepares its images by --suite.");
        Console.Error.WriteLine($"note: {doing} with RGB, 1/255, letterbox-centred to {input.Width} x {input.Height}, which is a guess; --suite takes the preprocessing of a suite");
        return new PreprocessingPlan(ResizeKind.LetterboxCentred, 114, input with { Scale = 1.0 / 255 });
    }

    /// <summary>What the model itself says of its input: type, layout and size. Colour RGB and values as they are, 0 to 255, are a guess.</summary>
    /// <exception cref="FaultException">The input is not one picture of known size.</exception>
    public static InputContract Guess(OnnxModel model, string path)
    {
        (TensorLayout Layout, int Width, int Height)? picture = model.Graph.Inputs is [{ Shape: { Length: 4 } shape }] ? (shape[1], shape[2], shape[3]) switch
        {
            (3, > 0 and var height, > 0 and var width) => (TensorLayout.Nchw, width, height),
            (> 0 and var height, > 0 and var width, 3) => (TensorLayout.Nhwc, width, height),
            _ => null,
        } : null;
        ElementType? type = model.Graph.Inputs.Length == 1 ? model.Graph.Inputs[0].Type switch
        {
            TensorType.Float32 => ElementType.Float32,
            TensorType.UInt8 => ElementType.UInt8,
            _ => null,
        } : null;
        if (picture is not { } p || type is not { } element)
            throw new FaultException("the input is not one picture of known size, [N, 3, height, width] or [N, height, width, 3] of float32 or uint8", path, "Give the suite that prepares its images by --suite.");
        return new InputContract(element, p.Layout, ColorOrder.Rgb, p.Width, p.Height, 1, [0, 0, 0], [1, 1, 1]);
    }
}
