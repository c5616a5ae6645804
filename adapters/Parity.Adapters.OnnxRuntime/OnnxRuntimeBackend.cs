using System.Collections.Immutable;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>ONNX Runtime with one execution provider.</summary>
public sealed class OnnxRuntimeBackend(ExecutionProvider provider) : IBackend
{
    /// <summary>Key of a semicolon-separated list; setting it again replaces it.</summary>
    internal const string DisabledOptimizers = "optimization.disable_specified_optimizers";

    internal const string QuantizesByItself = "WeightBiasQuantization";

    private readonly Lazy<Availability> _availability = new(() => ProviderCheck.Check(provider));

    public string Name { get; } = provider switch
    {
        ExecutionProvider.Cpu => "onnxruntime-cpu",
        ExecutionProvider.Cuda => "onnxruntime-cuda",
        ExecutionProvider.TensorRt => "onnxruntime-tensorrt",
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, null),
    };

    public Availability Availability => _availability.Value;

    /// <exception cref="FaultException">The provider is not available, or the model cannot be loaded, fed, read or edited as asked.</exception>
    public ISession Open(SessionRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Threads, 1);
        if (!Availability.IsReady)
            throw new FaultException($"{Name} is not available: {Availability.Reason}", request.ModelPath, Availability.Remedy!);

        OnnxModel model = OnnxModel.Load(request.ModelPath);
        bool quantized = model.Graph.Nodes.Any(n => IntegerShare.IsQuantized(n.OpType));
        bool half = model.Graph.Nodes.Any(n => n.Is("Cast") && n.Int("to", 0) == (int)TensorType.Float16);
        ImmutableArray<string> names = [.. model.Graph.Outputs.Select(o => o.Name)];
        // Without VNNI unsigned by signed products saturate, and int8 is the slower, exact way.
        bool unsigned = provider == ExecutionProvider.Cpu && request.Optimize && Processor.HasVnni == true && UnsignedActivations.Apply(model);
        ImmutableArray<Tap> taps = TapPlan.Apply(model, request.Taps, request.ModelPath);
        ImmutableSortedDictionary<string, Chain> chains = provider == ExecutionProvider.Cpu ? ChainFusion.Apply(model, withPairs: !request.Optimize) : ImmutableSortedDictionary<string, Chain>.Empty;
        // The file is loaded as it is, unless something was changed.
        byte[]? edited = unsigned || !taps.IsEmpty || !chains.IsEmpty ? model.ToBytes() : null;

        ChainKernels? kernels = chains.IsEmpty ? null : new ChainKernels(chains);
        InferenceSession? session = null;
        try
        {
            session = Load(request, edited, kernels, _ => { });
            var faults = new FaultList();
            InputCheck.Check(session.InputMetadata, request.Contract, request.ModelPath, faults);
            ImmutableArray<TensorPort> outputs = Ports(session, names, request.ModelPath, faults);
            faults.ThrowIfAny();
            double? share = quantized && provider == ExecutionProvider.Cpu
                ? IntegerShare.Measure(more => Load(request, edited, kernels, more), InputCheck.Zeros(request.Contract))
                : null;
            return new OnnxRuntimeSession(
                session, request.ModelPath, request.Contract, outputs, taps, Describe(request, quantized, half, unsigned, share), request.ReusesTensors, kernels);
        }
        catch
        {
            session?.Dispose();
            kernels?.Dispose();
            throw;
        }
    }

    private InferenceSession Load(SessionRequest request, byte[]? edited, ChainKernels? kernels, Action<SessionOptions> more)
    {
        using SessionOptions options = ProviderCheck.Options(provider);
        kernels?.Register(options);
        options.IntraOpNumThreads = request.Threads;
        options.InterOpNumThreads = 1;
        options.GraphOptimizationLevel = request.Optimize ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL;
        // Between a DQ and a Q the runtime would quantize float weights by itself: a layer kept in float would run in integers.
        options.AddSessionConfigEntry(DisabledOptimizers, QuantizesByItself);
        if (!request.Taps.IsEmpty)
        {
            // The runtime writes nearly everything to tensors of the harness. Left to plan, it would keep a second copy of the largest run for itself.
            options.EnableMemoryPattern = false;
            options.EnableCpuMemArena = false;
        }
        more(options);
        try
        {
            return edited is null ? new InferenceSession(request.ModelPath, options) : new InferenceSession(edited, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw RuntimeFault.InLoad(e, request.ModelPath);
        }
    }

    private static ImmutableArray<TensorPort> Ports(InferenceSession session, ImmutableArray<string> names, string model, FaultList faults)
    {
        foreach ((string name, NodeMetadata output) in session.OutputMetadata)
        {
            if (!output.IsTensor || TensorTypes.FromRuntime(output.ElementDataType) is null)
            {
                string kind = output.IsTensor ? output.ElementDataType.ToString().ToLowerInvariant() : output.OnnxValueType.ToString();
                faults.Add($"output '{name}' is of type {kind}, which is not read", model, "Export the model with outputs of float, integer or bool tensors.");
            }
        }
        return faults.Count > 0
            ? []
            : [.. names.Select(n => OnnxRuntimeSession.Port(session, n))];
    }

    private Arithmetic Describe(SessionRequest request, bool quantized, bool half, bool unsigned, double? share)
    {
        string name = provider != ExecutionProvider.Cpu ? "device" : !quantized ? (half ? "half, emulated in float" : "float32") : share > 0 ? "integer kernels" : "emulated in float";
        string detail = string.Create(
            CultureInfo.InvariantCulture,
            $"ONNX Runtime {ProviderCheck.Version}, {ProviderCheck.RuntimeName(provider)}, graph optimisation {(request.Optimize ? "all" : "off")}, {request.Threads} thread{(request.Threads == 1 ? "" : "s")}");
        if (provider == ExecutionProvider.Cpu)
            detail += $", {Processor.Describe()}";
        if (unsigned)
            detail += ", int8 activations run as uint8 with zero point + 128";
        if (share is { } part)
            detail += string.Create(CultureInfo.InvariantCulture, $", {part * 100:0.00} % of multiply-accumulates in integer kernels{(part is > 0 and < 1 ? " (mixed)" : "")}");
        else if (quantized && provider == ExecutionProvider.Cpu)
            detail += ", share of integer kernels unknown";
        return new Arithmetic(name, detail, quantized ? share : null);
    }
}
