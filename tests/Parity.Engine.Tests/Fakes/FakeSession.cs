using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Tests.Fakes;

/// <summary>Answers with a function of the input's first element, and counts its runs.</summary>
public sealed class FakeSession(Func<float, float> answer) : ISession
{
    public int Runs { get; private set; }

    public InputContract Input { get; } = FakePreprocessor.Only;

    public ImmutableArray<TensorPort> Outputs { get; } = [new TensorPort("y", ElementType.Float32, [1])];

    public Arithmetic Arithmetic { get; } = new("float32", "fake", null);

    public IReadOnlyDictionary<string, Tensor> Run(Tensor input)
    {
        Runs++;
        return new Dictionary<string, Tensor> { ["y"] = Tensor.Create(new[] { answer(input.Span<float>()[0]) }, 1) };
    }

    public void Dispose() { }
}

public sealed class FakePreprocessor : IPreprocessor
{
    public static InputContract Only { get; } = new(ElementType.Float32, TensorLayout.Nchw, ColorOrder.Bgr, 1, 1, 1, [0, 0, 0], [1, 1, 1]);

    public InputContract Contract => Only;

    public PreparedInput Prepare(Picture picture, InputContract contract, PictureRegion? region = null) =>
        new(Tensor.Create(new float[] { region is null ? picture.Bgr[0] : (float)region.CenterX, picture.Bgr[1], picture.Bgr[2] }, 1, 3, 1, 1), new Placement(1, 1, 0, 0, 1, 1, 1, 1));
}
