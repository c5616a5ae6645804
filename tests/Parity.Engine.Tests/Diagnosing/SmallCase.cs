using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Tests.Diagnosing;

/// <summary>conv -> t -> Q/DQ -> Sigmoid act -> y, sound as it is; a test damages one thing.</summary>
internal sealed class SmallCase
{
    public SmallCase(string profile = "tensorrt")
    {
        Profile = TargetProfiles.Named(profile, "test");
        Model = OnnxModel.Create(17);
        Graph graph = Model.Graph;
        graph.AddInput("x", TensorType.Float32, 1, 2, 4, 4);
        graph.SetInitializer("w", Tensor.Create(new float[8], 4, 2, 1, 1));
        graph.SetInitializer("b", Tensor.Create(new float[4], 4));
        graph.SetInitializer("scale", Tensor.Create(new[] { 0.02f }));
        graph.SetInitializer("zero", Tensor.Create(new sbyte[] { 0 }));
        graph.Add(new Node("Conv", ["x", "w", "b"], ["t"], "conv"));
        graph.Add(new Node("QuantizeLinear", ["t", "scale", "zero"], ["t/q"], "Q"));
        graph.Add(new Node("DequantizeLinear", ["t/q", "scale", "zero"], ["t/dq"], "DQ"));
        graph.Add(new Node("Sigmoid", ["t/dq"], ["a"], "act"));
        graph.Add(new Node("AveragePool", ["a"], ["y"], "pool").Set("kernel_shape", [2L, 2]));
        graph.AddOutput("y", TensorType.Float32);
        Pair = new QdqRecord("Q", "DQ", "t", "t", "activation", ElementType.Int8, null, [0.02], [0], -2.56, 2.54, ["act"]);
    }

    public TargetProfile Profile { get; }

    public OnnxModel Model { get; }

    /// <summary>The float model that rules look at; null is the target's own.</summary>
    public OnnxModel? Float { get; set; }

    public Graph Graph => Model.Graph;

    public QdqRecord Pair { get; set; }

    public ImmutableArray<QdqRecord> More { get; set; } = [];

    public ImmutableArray<QuantizationDivergence> MoreSeen { get; set; } = [];

    public ImmutableArray<LayerError>? Errors { get; set; }

    /// <summary>-2 to 2, spread evenly: nothing clipped, rounding as expected.</summary>
    public QuantizationMeasures Measures { get; set; } = new(1000, 0, -2.56, 2.54, -2, 2, 0, 0, 0, 0, 200, 0.78, 0, 3.3e-5, 3.3e-5, 46);

    public ImmutableArray<float> Extents { get; set; } = [1.5f, 1.8f, 1.9f, 2f];

    public CodeHistogram Histogram { get; set; } = new(-128.5, 1, [.. Enumerable.Range(0, 256).Select(i => i is >= 28 and <= 228 ? 5L : 0)], 0, 0);

    public ImmutableArray<Divergence> Layers { get; set; } = [Layer("t", 0.9999, 1e-4), Layer("y", 0.9999, 2e-4)];

    public TargetRecord Change { get; set; } = new(
        "chip", "tensorrt", "backend", Availability.Ready, null, null, null, 0.9, false, [], [], ImmutableSortedDictionary<string, long>.Empty, [], [], [], null);

    public ReferenceRecord Reference { get; set; } = new(
        new ModelRecord("float.onnx", "", 0, 0, null), "backend", new Arithmetic("float32", "", null),
        [new Measurement("bbox/AP", 0.5, "fraction", Direction.HigherIsBetter, 10)], ImmutableSortedDictionary<string, long>.Empty)
    {
        Input = new InputContract(ElementType.Float32, TensorLayout.Nchw, ColorOrder.Bgr, 4, 4, 1, [0, 0, 0], [1, 1, 1]),
    };

    public static Divergence Layer(string tensor, double? cosine, double? nmse, DivergenceState state = DivergenceState.Compared, double mse = 0.01, double mean = 0)
    {
        MeasureSummary Of(double? value) => new(value, state, value, state, "1");
        return new Divergence(tensor, tensor, DivergenceKind.Accumulated, state, 1, 0, 0, state == DivergenceState.NonFinite ? 1 : 0, 0, 10, Of(cosine), Of(null), Of(nmse), Of(null), Of(mse), Of(mean));
    }

    /// <summary>A layer by itself; what it does by its weights alone is the same.</summary>
    public static LayerError Error(string tensor, double cosine, double nmse) =>
        new(tensor, tensor, ["x"], Layer(tensor, cosine, nmse), Layer(tensor, cosine, nmse), Layer(tensor, 1, 0), nmse, []);

    /// <summary>Another convolution of x, whose result a pair of its own rounds: sound, and spread evenly over +-<paramref name="reach"/>.</summary>
    /// <param name="ofOne">Name of a stored scale that the pair shares; null stores its own.</param>
    public void Branch(string name, double scale, double reach, string? ofOne = null)
    {
        if (ofOne is null)
            Graph.SetInitializer($"{name}/scale", Tensor.Create([(float)scale]));
        Graph.Add(new Node("Conv", ["x", "w", "b"], [name], $"{name}/conv"));
        Quantize(name, name, scale, -reach, reach, ofOne);
    }

    /// <summary>A pair behind a tensor.</summary>
    public void Quantize(string name, string tensor, double scale, double min, double max, string? stored = null)
    {
        stored ??= $"{name}/scale";
        if (!Graph.IsInitializer(stored))
            Graph.SetInitializer(stored, Tensor.Create([(float)scale]));
        Graph.InsertAfter(tensor, new Node("QuantizeLinear", [tensor, stored, "zero"], [$"{name}/q"], $"{name}/Q"), new Node("DequantizeLinear", [$"{name}/q", stored, "zero"], [$"{name}/dq"], $"{name}/DQ"));
        More = More.Add(new QdqRecord($"{name}/Q", $"{name}/DQ", tensor, tensor, "activation", ElementType.Int8, null, [scale], [0], -128 * scale, 127 * scale, []));
        MoreSeen = MoreSeen.Add(new QuantizationDivergence($"{name}/Q", QuantizationView.Values,
            Measures with { Low = -128 * scale, High = 127 * scale, Min = min, Max = max, RoundingMse = scale * scale / 12, ExpectedRoundingMse = scale * scale / 12 }, [], null));
    }

    /// <summary>Weights of conv as codes of one scale, by output channel.</summary>
    public void Weights(params ReadOnlySpan<sbyte> ofChannels)
    {
        sbyte[] codes = new sbyte[8];
        for (int i = 0; i < codes.Length; i++)
            codes[i] = ofChannels[i / 2];
        Graph.SetInitializer("w/codes", Tensor.Create(codes, 4, 2, 1, 1));
        Graph.Add(new Node("DequantizeLinear", ["w/codes", "scale", "zero"], ["w/dq"], "w/DQ"));
        Graph.SetInput(Graph.NodeNamed("conv")!, 1, "w/dq");
        More = More.Add(new QdqRecord("", "w/DQ", "w", "w", "weight", ElementType.Int8, null, [0.02], [0], -2.56, 2.54, ["conv"]));
    }

    public TargetCase Build()
    {
        var seen = new QuantizationDivergence("Q", QuantizationView.Values, Measures, [], Histogram) { Extents = new ChannelExtents(1, Extents) };
        TargetRecord target = Change with { Profile = Profile.Name, Qdq = [Pair, .. More], Probe = new ProbeRecord(["1"], Layers, [seen, .. MoreSeen], [], [], Errors) };
        var run = new RunRecord(RunRecord.CurrentSchema, "suite", "", "", new MachineRecord("", "", 1, "", "", 1), new DatasetRecord("d", 10, "", []), null,
            new BootstrapRecord(100, 1, 0.95), Reference, [target], new TimingsRecord("", 0, 0, ImmutableSortedDictionary<string, double>.Empty, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        return new TargetCase(run, target, Profile, Model, Float ?? Model, new LayerMap([], []));
    }

    public ImmutableArray<Finding> Diagnose() => Diagnosis.Of(Build(), DiagnosisRules.All);
}
