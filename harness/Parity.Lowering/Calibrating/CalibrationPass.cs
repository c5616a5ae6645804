using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// One reading of the calibration inputs: the ranges of the rewritten model's activations, and how far the rewritten model is from the float model.
/// </summary>
internal sealed class CalibrationPass
{
    /// <summary>Above float rounding by far: a rewrite that moves a tensor so much did not keep the model.</summary>
    public const double LargestCheckError = 1e-3;

    private readonly Dictionary<string, IRangeObserver> _observers;
    private readonly Dictionary<string, double> _errors = new(StringComparer.Ordinal);

    private readonly Dictionary<string, ValueRange> _extremes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FaultException> _notFinite = new(StringComparer.Ordinal);

    private CalibrationPass(Dictionary<string, IRangeObserver> observers) => _observers = observers;

    /// <summary>Inputs read.</summary>
    public int Count { get; private set; }

    /// <summary>Shapes of the model's inputs in the first calibration input.</summary>
    public ImmutableDictionary<string, ImmutableArray<int>> InputShapes { get; private set; } = ImmutableDictionary<string, ImmutableArray<int>>.Empty;

    /// <summary>As the calibrator chooses it.</summary>
    /// <exception cref="FaultException">The tensor was not finite, in a pass over everything.</exception>
    public ValueRange RangeOf(string tensor) => _notFinite.TryGetValue(tensor, out var fault) ? throw fault : _observers[tensor].Range();

    /// <summary>The smallest and the largest value.</summary>
    /// <exception cref="FaultException">As <see cref="RangeOf"/>.</exception>
    public ValueRange ExtremesOf(string tensor) => _notFinite.TryGetValue(tensor, out var fault) ? throw fault : _extremes.GetValueOrDefault(tensor);

    /// <summary>By reference tensor: largest |difference| over largest |value| of an image, the worst image; null without a figure.</summary>
    public double? ErrorOf(string referenceTensor) => _errors.TryGetValue(referenceTensor, out double error) ? error : null;

    /// <param name="survivors">Pairs of a tensor of <paramref name="reference"/> and its equal in <paramref name="rewritten"/>.</param>
    /// <param name="observers">By tensor of the rewritten model.</param>
    /// <param name="everything">Not all ranges will be asked for: a tensor that is not finite is a fault when it is.</param>
    /// <exception cref="FaultException">NaN or infinity where a range is wanted, NaN elsewhere, or a rewrite that changed a tensor.</exception>
    public static CalibrationPass Run(
        OnnxModel reference, OnnxModel rewritten, ImmutableArray<(string Reference, string Rewritten)> survivors,
        Dictionary<string, IRangeObserver> observers, ActivationStream activations, bool everything = false)
    {
        var pass = new CalibrationPass(observers);
        var inputs = rewritten.Graph.Inputs.Select(i => i.Name).ToImmutableArray();
        ImmutableArray<string> taps = [.. inputs.Concat(survivors.Select(s => s.Rewritten)).Concat(observers.Keys).Distinct(StringComparer.Ordinal)];
        // The order in which tensors are made, so that a fault names the first one that is wrong.
        var order = observers.Keys.Intersect(rewritten.Graph.Inputs.Select(i => i.Name).Concat(rewritten.Graph.Nodes.SelectMany(n => n.Outputs))).ToList();
        using var exact = activations(reference, [.. survivors.Select(s => s.Reference)]).GetEnumerator();
        using var changed = activations(rewritten, taps).GetEnumerator();
        while (exact.MoveNext() & changed.MoveNext())
        {
            foreach (string tensor in order)
                pass.Observe(tensor, changed.Current[tensor], everything);
            foreach (var (before, after) in survivors)
                pass.Compare(before, exact.Current[before], changed.Current[after]);
            if (pass.Count++ == 0)
                pass.InputShapes = inputs.ToImmutableDictionary(i => i, i => changed.Current[i].Shape);
        }
        if (survivors.Select(s => s.Reference).FirstOrDefault(r => pass._errors.GetValueOrDefault(r) > LargestCheckError) is { } worst)
            throw new FaultException(
                FormattableString.Invariant($"rewriting the float model changed it by {pass._errors[worst]:G3} of its largest value, before any quantization"),
                $"tensor {worst}", "Its weights lie beyond what float32 can fold (variances near zero?): export the model with batch norms folded by the framework.");
        return pass;
    }

    private void Observe(string tensor, Tensor values, bool deferred)
    {
        var span = values.Span<float>();
        if (_notFinite.ContainsKey(tensor))
            return;
        if (ValueRange.Of(span) is { } range)
            _extremes[tensor] = _extremes.TryGetValue(tensor, out var before) ? before.Union(range) : range;
        else if (!span.IsEmpty && deferred)
        {
            _notFinite[tensor] = NotFinite(tensor, span);
            return;
        }
        else if (!span.IsEmpty)
            throw NotFinite(tensor, span);
        _observers[tensor].Observe(span);
    }

    private void Compare(string tensor, Tensor exact, Tensor changed)
    {
        if (exact.Type != ElementType.Float32)
            return;
        var a = exact.Span<float>();
        if (ValueRange.Of(a) is not { } range)
        {
            foreach (float v in a)
                if (float.IsNaN(v))
                    throw NotFinite(tensor, a);
            return;
        }
        double largest = ValueRange.Of(changed.Span<float>()) is null ? double.PositiveInfinity : LargestDifference(a, changed.Span<float>());
        double error = largest == 0 ? 0 : largest / range.AbsoluteMaximum;
        _errors[tensor] = Math.Max(_errors.GetValueOrDefault(tensor), error);
    }

    private static float LargestDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var x = MemoryMarshal.Cast<float, Vector<float>>(a);
        var y = MemoryMarshal.Cast<float, Vector<float>>(b);
        var largest = Vector<float>.Zero;
        for (int i = 0; i < x.Length; i++)
            largest = Vector.Max(largest, Vector.Abs(x[i] - y[i]));
        float result = 0;
        for (int i = 0; i < Vector<float>.Count; i++)
            result = Math.Max(result, largest[i]);
        for (int i = x.Length * Vector<float>.Count; i < a.Length; i++)
            result = Math.Max(result, Math.Abs(a[i] - b[i]));
        return result;
    }

    private FaultException NotFinite(string tensor, ReadOnlySpan<float> values)
    {
        int at = 0;
        while (float.IsFinite(values[at]))
            at++;
        return new FaultException(
            FormattableString.Invariant($"element {at} is {values[at]} in calibration input {Count}"), $"tensor {tensor}",
            "Calibrate with inputs the float model can compute: check the preprocessing, then the model itself.");
    }
}
