using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Parity.Core;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>A model loaded into ONNX Runtime. The input is read in place, outputs are copied once.</summary>
public sealed class OnnxRuntimeSession : ISession
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
    private readonly string _model;
    private readonly string[] _inputNames;
    private readonly string[] _fetched;
    private readonly ImmutableArray<Tap> _taps;

    internal OnnxRuntimeSession(InferenceSession session, string model, InputContract input, ImmutableArray<TensorPort> outputs, ImmutableArray<Tap> taps, Arithmetic arithmetic)
    {
        _session = session;
        _model = model;
        _inputNames = [session.InputNames[0]];
        _taps = taps;
        _fetched = [.. outputs.Select(o => o.Name).Concat(taps.Select(t => t.Source)).Distinct(StringComparer.Ordinal).Where(n => n != _inputNames[0])];
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
        var fetched = new Dictionary<string, Tensor>(_fetched.Length + 1, StringComparer.Ordinal);
        fixed (byte* start = input.Bytes())
        {
            using OrtValue value = TensorTypes.View(input, start);
            try
            {
                using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_runOptions, _inputNames, [value], _fetched);
                for (int i = 0; i < _fetched.Length; i++)
                    fetched.Add(_fetched[i], Copy(outputs[i]));
            }
            catch (OnnxRuntimeException e)
            {
                throw RuntimeFault.InRun(e, _model, input);
            }
        }
        return _taps.IsEmpty ? fetched : Named(fetched, input);
    }

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
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

    private static Tensor Copy(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        ElementType type = TensorTypes.FromRuntime(info.ElementDataType)
            ?? throw new InvalidOperationException($"{info.ElementDataType} passed the check of the outputs");
        ReadOnlySpan<long> shape = info.Shape;
        Span<int> extents = stackalloc int[shape.Length];
        for (int i = 0; i < shape.Length; i++)
            extents[i] = checked((int)shape[i]);
        return TensorTypes.Copy(type, value.GetTensorMutableRawData(), extents);
    }
}
