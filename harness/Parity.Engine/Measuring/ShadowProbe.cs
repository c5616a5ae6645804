using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Comparing;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Measuring;

/// <summary>
/// Measures every quantized layer fed the reference's tensors, all in one run of the shadow model a sample. The float tensors are computed again inside that model, where
/// the runtime may fuse them otherwise and move their last bits.
/// </summary>
public sealed class ShadowProbe : IDisposable
{
    private const string FileName = "shadow.onnx";
    private readonly ISession _session;
    private readonly ImmutableArray<ShadowLayer> _layers;
    private readonly LayerErrors _errors;

    private ShadowProbe(ISession session, ImmutableArray<ShadowLayer> layers)
    {
        _session = session;
        _layers = layers;
        _errors = new LayerErrors([.. layers.Select(l => (l.Reference, l.Target, l.Inputs))]);
    }

    /// <param name="target">The request of the target's own session; the shadow model is written beside its file.</param>
    /// <param name="weightsDiffer">See <see cref="ShadowGraph.Of"/>.</param>
    /// <returns>Null where nothing is quantized.</returns>
    /// <exception cref="FaultException">The shadow model cannot be built or loaded.</exception>
    public static ShadowProbe? Open(IBackend backend, SessionRequest target, string referencePath, LoweringResult lowered, bool weightsDiffer)
    {
        if (ShadowGraph.Of(OnnxModel.Load(referencePath), lowered, weightsDiffer) is not { } shadow)
            return null;
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(target.ModelPath))!, FileName);
        shadow.Model.Save(path);
        ImmutableArray<string> taps = [.. shadow.Layers.SelectMany(l => new[] { l.Isolated, l.WeightsOnly }).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new ShadowProbe(backend.Open(target with { ModelPath = path, Taps = taps, ReusesTensors = true }), shadow.Layers);
    }

    /// <param name="reference">The reference's tensors of this sample.</param>
    /// <param name="accumulated">As <see cref="LayerErrors.Add"/> takes it.</param>
    public void Add(string image, Tensor input, IReadOnlyDictionary<string, Tensor> reference, IReadOnlyDictionary<string, TensorDivergence> accumulated)
    {
        IReadOnlyDictionary<string, Tensor> tensors = _session.Run(input);
        LayerMeasured[] measured = ProbeRun.InParallel(_layers.Length, i =>
        {
            ShadowLayer layer = _layers[i];
            Tensor isolated = tensors[layer.Isolated];
            TensorDivergence Of(Tensor r, Tensor q) => DivergenceAccumulator.Measure(layer.Reference, layer.Target, image, r, q);
            return layer.WeightsOnly is { } name
                ? new LayerMeasured(Of(reference[layer.Reference], isolated), Of(reference[layer.Reference], tensors[name]), Of(tensors[name], isolated))
                : new LayerMeasured(Of(reference[layer.Reference], isolated), null, null);
        });
        _errors.Add(image, accumulated, measured);
    }

    public ImmutableArray<LayerError> ToErrors() => _errors.ToErrors();

    public void Dispose() => _session.Dispose();
}
