using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Conformance;

/// <summary>A model of a node or two for a backend: vectors go in as a picture of one row and three channels, the way every session takes input.</summary>
internal static class TinyModel
{
    public const string Input = "images";

    /// <summary>Fed values as [1, 3, 1, values], the same in each channel.</summary>
    /// <exception cref="FaultException">The backend cannot run it.</exception>
    public static IReadOnlyDictionary<string, Tensor> Run(Subject subject, int opset, ReadOnlySpan<float> values, Action<Graph> build)
    {
        OnnxModel model = OnnxModel.Create(opset);
        model.Graph.AddInput(Input, TensorType.Float32, 1, 3, 1, values.Length);
        build(model.Graph);
        return Run(subject, model, Tensor.Create([.. values, .. values, .. values], 1, 3, 1, values.Length));
    }

    /// <summary>For a model whose own inputs are constants already: it gets a picture of one pixel that nothing reads.</summary>
    public static IReadOnlyDictionary<string, Tensor> RunWithoutInput(Subject subject, OnnxModel model)
    {
        model.Graph.AddInput(model.Graph.UniqueName("parity_unread"), TensorType.Float32, 1, 3, 1, 1);
        return Run(subject, model, Tensor.Create(new float[3], 1, 3, 1, 1));
    }

    private static IReadOnlyDictionary<string, Tensor> Run(Subject subject, OnnxModel model, Tensor input)
    {
        string path = Path.Combine(subject.Folder, "vector.onnx");
        model.Save(path);
        var contract = new InputContract(ElementType.Float32, TensorLayout.Nchw, ColorOrder.Bgr, input.Shape[3], input.Shape[2], 1, [0, 0, 0], [1, 1, 1]);
        // Optimisation would compute constants ahead of the run, perhaps elsewhere than on the device.
        using ISession session = subject.Backend.Open(new SessionRequest(path, contract, [], Optimize: false));
        return session.Run(input);
    }
}
