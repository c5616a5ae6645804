using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Parity.Core;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>A model loaded into ONNX Runtime. The input is read in place; outputs of fixed shape are written in place, others copied once.</summary>
public sealed class OnnxRuntimeSession : ISession
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
    private readonly string _model;
    private readonly string[] _inputNames;
    private readonly string[] _fetched;
    private readonly ImmutableArray<Tap> _taps;
    private readonly bool _reuses;
    private readonly ChainKernels? _kernels;

    // What is fetched, in order; empty where a shape is open.
    private readonly TensorPort[] _declared;
    private bool _keepsShapes;
    private bool _breaksShapes;

    // Of the last Run, where tensors are reused and their shapes kept.
    private Tensor[]? _outputs;

    internal OnnxRuntimeSession(InferenceSession session, string model, InputContract input, ImmutableArray<TensorPort> outputs, ImmutableArray<Tap> taps, Arithmetic arithmetic, bool reuses, ChainKernels? kernels)
    {
        _session = session;
        _kernels = kernels;
        _model = model;
        _inputNames = [session.InputNames[0]];
        _taps = taps;
        _reuses = reuses;
        _fetched = [.. outputs.Select(o => o.Name).Concat(taps.Select(t => t.Source)).Distinct(StringComparer.Ordinal).Where(session.OutputMetadata.ContainsKey)];
        TensorPort[] ports = [.. _fetched.Select(n => Port(session, n))];
        _declared = ports.All(p => !p.Shape.IsEmpty && p.Shape.All(d => d > 0)) ? ports : [];
        Input = input;
        Outputs = outputs;
        Arithmetic = arithmetic;
    }

    public InputContract Input { get; }

    public ImmutableArray<TensorPort> Outputs { get; }

    public Arithmetic Arithmetic { get; }

    /// <exception cref="FaultException">ONNX Runtime refuses the input or fails in a node.</exception>
    public unsafe IReadOnlyDictionary<string, Tensor> Run(Tensor input)
    {
        Tensor[] fetched;
        fixed (byte* start = input.Bytes())
        {
            using OrtValue value = TensorTypes.View(input, start);
            try
            {
                fetched = RunInto(value) ?? RunAndCopy(value);
            }
            catch (OnnxRuntimeException e)
            {
                throw RuntimeFault.InRun(e, _model, input);
            }
        }
        var tensors = new Dictionary<string, Tensor>(_fetched.Length + 1, StringComparer.Ordinal);
        for (int i = 0; i < _fetched.Length; i++)
            tensors.Add(_fetched[i], fetched[i]);
        return _taps.IsEmpty ? tensors : Named(tensors, input);
    }

    public void Dispose()
    {
        _session.Dispose();
        _kernels?.Dispose();
        _runOptions.Dispose();
    }

    internal static TensorPort Port(InferenceSession session, string output)
    {
        NodeMetadata declared = session.OutputMetadata[output];
        return new TensorPort(output, TensorTypes.FromRuntime(declared.ElementDataType)!.Value, [.. declared.Dimensions]);
    }

    private Dictionary<string, Tensor> Named(Dictionary<string, Tensor> fetched, Tensor input)
    {
        fetched[_inputNames[0]] = input;
        var named = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (TensorPort output in Outputs)
            named.Add(output.Name, fetched[output.Name]);
        foreach (Tap tap in _taps)
            named.TryAdd(tap.Name, tap.Read(fetched[tap.Source]));
        return named;
    }

    /// <summary>The runtime writes to tensors made here: a copy would cost more than 1 % of a small model's run, and the runtime would keep memory of its own for it.</summary>
    /// <returns>Null where shapes are open, or are not those that the model declares.</returns>
    private unsafe Tensor[]? RunInto(OrtValue input)
    {
        if (_declared.Length == 0 || _breaksShapes)
            return null;
        Tensor[] tensors = _outputs ?? [.. _declared.Select(d => Tensor.Allocate(d.Type, d.Shape.AsSpan()))];
        if (_reuses)
            _outputs = tensors;
        var values = new OrtValue[_declared.Length];
        try
        {
            for (int i = 0; i < tensors.Length; i++)
            {
                // Pinned when it was allocated, and alive until the run is over.
                values[i] = TensorTypes.View(tensors[i], (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensors[i].Bytes())));
            }
            _session.Run(_runOptions, _inputNames, [input], _fetched, values);
            _keepsShapes = true;
        }
        catch (OnnxRuntimeException) when (!_keepsShapes)
        {
            // A model may declare shapes that it does not keep; if something else is wrong, the run without them tells.
            _outputs = null;
            return null;
        }
        finally
        {
            foreach (OrtValue? value in values)
                value?.Dispose();
        }
        GC.KeepAlive(tensors);
        return tensors;
    }

    private Tensor[] RunAndCopy(OrtValue input)
    {
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_runOptions, _inputNames, [input], _fetched);
        _breaksShapes = true;
        return [.. outputs.Select(Copy)];
    }

    private static Tensor Copy(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        ElementType type = TensorTypes.FromRuntime(info.ElementDataType)
            ?? throw new InvalidOperationException($"{info.ElementDataType} passed the check of the outputs");
        Span<int> extents = stackalloc int[info.Shape.Length];
        for (int i = 0; i < extents.Length; i++)
            extents[i] = checked((int)info.Shape[i]);
        Tensor copy = Tensor.Allocate(type, extents);
        value.GetTensorMutableRawData().CopyTo(Tensor.Fill(copy));
        return copy;
    }
}
