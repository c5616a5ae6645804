using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Comparing;
using Parity.Lowering;

namespace Parity.Engine.Measuring;

/// <summary>
/// Runs reference and target with taps on the probe samples and compares them tensor by tensor through the layer map. One sample's tensors are
/// in memory at a time; what stays is a small record an image.
/// </summary>
public sealed class ProbeRun(ProbeInputs inputs, IBackend referenceBackend, IBackend targetBackend, IRunObserver observer)
{
    private const int HistogramBins = 256;
    private const long GarbageLimitBytes = 8 << 20;

    /// <param name="reference">Untapped, to show that taps change nothing.</param>
    /// <param name="referencePath">The model whose tensors the map's reference side names: the float model, or a ready model's twin.</param>
    /// <param name="isolation">Whether every layer is measured by itself too.</param>
    /// <exception cref="FaultException">A tap names no tensor, or a tapped value is no code of its quantizer.</exception>
    public ProbeRecord Run(
        string target, ISession reference, string referencePath, ISession targetSession, string targetPath, bool optimize, LoweringResult lowered,
        Isolation isolation, ImmutableArray<int> samples, CancellationToken stop)
    {
        var rows = lowered.Map.Rows.Select(r => (Reference: r.Reference[^1], Target: r.Target[^1])).ToImmutableArray();
        HashSet<string> flattened = [.. lowered.Map.Rows.Where(r => r.Transform == TensorTransform.Flattened).Select(r => r.Target[^1])];
        ImmutableArray<Quantizer> quantizers = [.. lowered.Qdq.Where(q => q.Kind == "activation").Select(Quantizer.Of)];
        var referenceTaps = rows.Select(r => r.Reference).Union(quantizers.Where(q => q.OfReference).Select(q => q.Tap));
        var targetTaps = rows.Select(r => r.Target).Union(quantizers.Where(q => !q.OfReference).Select(q => q.Tap));
        using ISession referenceTapped = Open(referenceBackend, referencePath, referenceTaps, lowered, optimize: true);
        using ISession targetTapped = Open(targetBackend, targetPath, targetTaps, lowered, optimize);

        (ShadowProbe? shadow, string? shadowFailure) = isolation == Isolation.None ? (null, null) : OpenShadow(targetPath, referencePath, optimize, lowered, isolation);
        using ShadowProbe? opened = shadow;
        // What opening leaves behind is several times the weights, and would lie beside the tensors until the collector cares.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        var layers = new DivergenceAccumulator(DivergenceKind.Accumulated);
        var checks = new TapComparison();
        string stage = $"probe {target}";
        observer.Begin(stage, samples.Length);
        long settled = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            Sample sample = inputs.Dataset.Samples[samples[i]];
            ImmutableArray<PictureRegion>? regions = inputs.Regions(sample);
            if (regions is { IsEmpty: true })
                continue;
            Picture picture = inputs.Dataset.Read(sample);
            Tensor referenceInput = inputs.Preprocessor.Prepare(picture, referenceTapped.Input, regions?[0]).Tensor;
            Tensor targetInput = targetTapped.Input == referenceTapped.Input ? referenceInput : inputs.Preprocessor.Prepare(picture, targetTapped.Input, regions?[0]).Tensor;
            var referenceTensors = WithInput(referenceTapped.Run(referenceInput, sample, samples[i]), referenceInput, lowered);
            // Most quantizers see the reference only, so a second core reads it while the target runs.
            Task ofReference = Task.Run(() => Add(quantizers.Where(q => q.OfReference), referenceTensors), stop);
            var targetTensors = Running(ofReference, () => targetTapped.Run(targetInput, sample, samples[i]));
            Add(quantizers.Where(q => !q.OfReference), targetTensors);
            // The untapped runs are needed anyway, and a second core compares meanwhile.
            TensorDivergence[] measured = InParallel(rows.Length, row =>
                DivergenceAccumulator.Measure(rows[row].Reference, rows[row].Target, sample.Id, referenceTensors[rows[row].Reference], Shaped(targetTensors[rows[row].Target], flattened.Contains(rows[row].Target) ? referenceTensors[rows[row].Reference] : null)),
                meanwhile: () =>
                {
                    checks.Add("reference", reference.Outputs, reference.Run(referenceInput, sample, samples[i]), referenceTensors);
                    checks.Add("target", targetSession.Outputs, targetSession.Run(targetInput, sample, samples[i]), targetTensors);
                });
            for (int row = 0; row < rows.Length; row++)
                layers.Add(rows[row].Reference, rows[row].Target, sample.Id, measured[row]);
            shadow?.Add(sample.Id, targetInput, referenceTensors, ByReference(rows, measured));
            settled = Settle(settled);
            observer.Advance(stage, i + 1);
        }

        return new ProbeRecord(
            [.. samples.Select(i => inputs.Dataset.Samples[i].Id)], layers.ToDivergences(),
            [.. quantizers.Select(q => q.Accumulator.ToDivergence()).Select(q => q with { Histogram = q.Histogram?.Coarsen(HistogramBins) })],
            checks.ToChecks(), [.. lowered.Map.Unmatched.Select(u => new UnmatchedLayer(u.Tensor, u.Reason))],
            shadow?.ToErrors(), shadowFailure);
    }

    /// <summary>Accumulated divergence stands without the isolated one; the record says why that is missing.</summary>
    private (ShadowProbe? Shadow, string? Failure) OpenShadow(string targetPath, string referencePath, bool optimize, LoweringResult lowered, Isolation isolation)
    {
        try
        {
            var request = new SessionRequest(targetPath, inputs.Preprocessor.Contract, [], optimize, inputs.Threads);
            return (ShadowProbe.Open(targetBackend, request, referencePath, lowered, isolation == Isolation.WeightsApart), null);
        }
        catch (FaultException e)
        {
            return (null, e.Message);
        }
    }

    private static Tensor Shaped(Tensor target, Tensor? reference) => reference is not null && reference.Count == target.Count ? target.WithShape(reference.Shape) : target;

    private static Dictionary<string, TensorDivergence> ByReference(ImmutableArray<(string Reference, string Target)> rows, TensorDivergence[] measured)
    {
        var all = new Dictionary<string, TensorDivergence>(StringComparer.Ordinal);
        for (int row = 0; row < rows.Length; row++)
            all[rows[row].Reference] = measured[row];
        return all;
    }

    /// <summary>Inputs and outputs are few and large: left to itself the collector lets hundreds of megabytes of them pile up.</summary>
    private static long Settle(long settled)
    {
        if (GC.GetTotalMemory(forceFullCollection: false) - settled < GarbageLimitBytes)
            return settled;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        return GC.GetTotalMemory(forceFullCollection: false);
    }

    private static void Add(IEnumerable<Quantizer> quantizers, IReadOnlyDictionary<string, Tensor> tensors)
    {
        foreach (Quantizer quantizer in quantizers)
            quantizer.Add(tensors);
    }

    /// <summary>The other work is over before the tensors it reads can be overwritten, whatever happens here.</summary>
    private static T Running<T>(Task other, Func<T> body)
    {
        try
        {
            return body();
        }
        finally
        {
            other.GetAwaiter().GetResult();
        }
    }

    /// <summary>Two cores read memory faster than one. Of several faults the first item's is thrown, as in order; <paramref name="meanwhile"/>'s only when there is none.</summary>
    /// <param name="meanwhile">Run by the caller's thread before it helps the other with the items.</param>
    internal static T[] InParallel<T>(int count, Func<int, T> measure, Action? meanwhile = null)
    {
        var results = new T[count];
        var faults = new FaultException?[count];
        int next = -1;
        void Work()
        {
            for (int item = Interlocked.Increment(ref next); item < count; item = Interlocked.Increment(ref next))
            {
                try
                {
                    results[item] = measure(item);
                }
                catch (FaultException e)
                {
                    faults[item] = e;
                }
            }
        }
        Task other = Environment.ProcessorCount > 1 ? Task.Run(Work) : Task.CompletedTask;
        Running(other, () =>
        {
            meanwhile?.Invoke();
            Work();
            return true;
        });
        return faults.FirstOrDefault(f => f is not null) is { } fault ? throw fault : results;
    }

    /// <summary>The model's inputs are tensors too, but nothing taps them: they are what the harness fed.</summary>
    private ISession Open(IBackend backend, string path, IEnumerable<string> taps, LoweringResult lowered, bool optimize) =>
        backend.Open(new SessionRequest(path, inputs.Preprocessor.Contract, [.. taps.Except(lowered.Model.Graph.Inputs.Select(i => i.Name)).Order(StringComparer.Ordinal)], optimize, inputs.Threads, ReusesTensors: true));

    private static Dictionary<string, Tensor> WithInput(IReadOnlyDictionary<string, Tensor> tensors, Tensor input, LoweringResult lowered)
    {
        var all = new Dictionary<string, Tensor>(tensors, StringComparer.Ordinal);
        foreach (var info in lowered.Model.Graph.Inputs)
            all.TryAdd(info.Name, input);
        return all;
    }

    /// <summary>A pair is fed what its quantizer would see of the reference; only where the reference has no such tensor, the target's codes are read.</summary>
    private sealed record Quantizer(string Tap, bool OfReference, QuantizationAccumulator Accumulator)
    {
        public static Quantizer Of(QdqRecord qdq) => qdq.Source is { } source
            ? new Quantizer(source, true, new QuantizationAccumulator(QuantizationGrid.Of(qdq), QuantizationView.Values))
            : new Quantizer(qdq.Tensor, false, new QuantizationAccumulator(QuantizationGrid.Of(qdq), QuantizationView.Codes));

        public void Add(IReadOnlyDictionary<string, Tensor> tensors)
        {
            Tensor tensor = tensors[Tap].ToFloat32();
            Accumulator.Add(tensor.Span<float>(), tensor.Shape.AsSpan());
        }
    }
}
