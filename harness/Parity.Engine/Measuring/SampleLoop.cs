using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading.Channels;
using Parity.Core;
using Parity.Engine.Suites;

namespace Parity.Engine.Measuring;

/// <summary>
/// Runs every session on every sample. Three lanes overlap: images are decoded and prepared ahead of the run lane, outputs are
/// decoded and journalled behind it. Samples leave in dataset order and only a handful are in flight, so memory does not grow.
/// </summary>
public sealed class SampleLoop(Suite suite, ImmutableArray<NamedSession> sessions, Journal journal, IRunObserver observer)
{
    private const string Stage = "measure";
    private const int InFlight = 4;
    private const int NotedFaults = 10;

    private readonly long[] _runTicks = new long[sessions.Length];
    private long _decodeTicks;
    private long _preprocessTicks;
    private long _outputTicks;

    public double DecodeImages => Stopwatch.GetElapsedTime(0, _decodeTicks).TotalSeconds;

    public double Preprocess => Stopwatch.GetElapsedTime(0, _preprocessTicks).TotalSeconds;

    public double DecodeOutputs => Stopwatch.GetElapsedTime(0, _outputTicks).TotalSeconds;

    public ImmutableSortedDictionary<string, double> RunSeconds =>
        sessions.Select((s, i) => (s.Name, Stopwatch.GetElapsedTime(0, _runTicks[i]).TotalSeconds)).ToImmutableSortedDictionary(p => p.Name, p => p.TotalSeconds);

    public double Wall { get; private set; }

    /// <summary>Results of all samples in dataset order, those the journal already held included.</summary>
    /// <exception cref="OperationCanceledException">Stopped; every finished sample is in the journal.</exception>
    /// <exception cref="SessionLostException">A session failed in a run: a server that died. The other sessions can go on without it.</exception>
    public ImmutableArray<SampleResult> Run(CancellationToken stop)
    {
        var results = new SampleResult?[suite.Dataset.Samples.Length];
        foreach (SampleResult finished in journal.Finished)
            results[finished.Index] = finished;
        var pending = Enumerable.Range(0, results.Length).Where(i => results[i] is null).ToImmutableArray();

        observer.Begin(Stage, results.Length);
        using var fault = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var prepared = Channel.CreateBounded<Prepared>(new BoundedChannelOptions(InFlight) { SingleReader = true, SingleWriter = true });
        var ran = Channel.CreateBounded<Ran>(new BoundedChannelOptions(InFlight) { SingleReader = true, SingleWriter = true });
        long start = Stopwatch.GetTimestamp();
        Task images = Lane(() => PrepareAll(pending, prepared.Writer, fault.Token), prepared.Writer, fault);
        Task outputs = Lane<Ran>(() => DecodeAll(results, ran.Reader, fault.Token), null, fault);
        Task runs = Lane(() => RunAll(prepared.Reader, ran.Writer, fault.Token), ran.Writer, fault);
        try
        {
            Join(images, runs, outputs);
        }
        catch (SessionLostException e)
        {
            throw new SessionLostException(e.Session, [.. results.Where(r => r is not null).Select(r => r!)], e.Fault);
        }
        Wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        stop.ThrowIfCancellationRequested();
        return [.. results.Select(r => r!)];
    }

    private static Task Lane<T>(Action body, ChannelWriter<T>? writer, CancellationTokenSource fault) => Task.Factory.StartNew(() =>
    {
        try
        {
            body();
            writer?.Complete();
        }
        catch (Exception e)
        {
            fault.Cancel();
            writer?.Complete(e);
            throw;
        }
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Waits for all lanes, then throws what went wrong first hand rather than a neighbour's cancellation.</summary>
    private static void Join(params ReadOnlySpan<Task> lanes)
    {
        Exception? first = null;
        foreach (Task lane in lanes)
        {
            try
            {
                lane.GetAwaiter().GetResult();
            }
            catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
            {
                first ??= e;
            }
            catch (Exception e)
            {
                first = first is null or OperationCanceledException or ChannelClosedException ? e : first;
            }
        }

        if (first is not null and not OperationCanceledException)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(first).Throw();
    }

    private void PrepareAll(ImmutableArray<int> pending, ChannelWriter<Prepared> writer, CancellationToken stop)
    {
        var contracts = sessions.Select(s => s.Session.Input).Distinct().ToImmutableArray();
        foreach (int index in pending)
        {
            stop.ThrowIfCancellationRequested();
            Sample sample = suite.Dataset.Samples[index];
            Prepared item;
            try
            {
                long start = Stopwatch.GetTimestamp();
                Picture picture = suite.Dataset.Read(sample);
                long decoded = Stopwatch.GetTimestamp();
                var inputs = contracts.ToImmutableDictionary(c => c, c => suite.Preprocessor.PrepareAll(picture, suite.Task.Regions(sample), c));
                _decodeTicks += decoded - start;
                _preprocessTicks += Stopwatch.GetTimestamp() - decoded;
                item = new Prepared(index, inputs, null);
            }
            catch (FaultException e)
            {
                item = new Prepared(index, null, e.Faults[0]);
            }
            Write(writer, item, stop);
        }
    }

    private void RunAll(ChannelReader<Prepared> reader, ChannelWriter<Ran> writer, CancellationToken stop)
    {
        while (Read(reader, stop, out Prepared item))
        {
            if (item.Inputs is null)
            {
                Write(writer, new Ran(item.Index, [], item.Fault), stop);
                continue;
            }

            var runs = ImmutableArray.CreateBuilder<ImmutableArray<ModelRun>>(sessions.Length);
            for (int s = 0; s < sessions.Length; s++)
            {
                // The same session under another post-processing: its outputs are there already.
                int same = FirstWith(sessions[s].Session);
                if (same < s)
                {
                    runs.Add(runs[same]);
                    continue;
                }
                long start = Stopwatch.GetTimestamp();
                runs.Add(Run(sessions[s], item));
                _runTicks[s] += Stopwatch.GetTimestamp() - start;
            }
            Write(writer, new Ran(item.Index, runs.MoveToImmutable(), null), stop);
        }
    }

    private int FirstWith(ISession session)
    {
        int first = 0;
        while (!ReferenceEquals(sessions[first].Session, session))
            first++;
        return first;
    }

    private ImmutableArray<ModelRun> Run(NamedSession session, Prepared item)
    {
        try
        {
            return [.. item.Inputs![session.Session.Input].Select(i => new ModelRun(session.Session.Run(i.Tensor, suite.Dataset.Samples[item.Index], item.Index), i.Placement))];
        }
        catch (FaultException e)
        {
            throw new SessionLostException(session.Name, [], e);
        }
    }

    private void DecodeAll(SampleResult?[] results, ChannelReader<Ran> reader, CancellationToken stop)
    {
        int done = journal.Finished.Length, faults = 0;
        while (Read(reader, stop, out Ran item))
        {
            long start = Stopwatch.GetTimestamp();
            SampleResult result = Decode(item);
            _outputTicks += Stopwatch.GetTimestamp() - start;
            journal.Append(result);
            results[item.Index] = result;
            if (result.Fault is { } fault && ++faults <= NotedFaults)
                observer.Note(faults < NotedFaults ? fault.ToString() : "more samples cannot be used; run.json will list all");
            observer.Advance(Stage, ++done);
        }
    }

    private SampleResult Decode(Ran item)
    {
        if (item.Fault is not null)
            return new SampleResult(item.Index, [], [], item.Fault);
        Sample sample = suite.Dataset.Samples[item.Index];
        var predictions = ImmutableArray.CreateBuilder<Prediction>(sessions.Length);
        var equal = ImmutableArray.CreateBuilder<bool>(sessions.Length);
        for (int s = 0; s < sessions.Length; s++)
        {
            try
            {
                predictions.Add(sessions[s].Task.Decode(item.Runs[s], sample, explain: true));
            }
            catch (FaultException e)
            {
                Fault fault = e.Faults[0];
                return new SampleResult(item.Index, [], [], fault with { Where = $"{sessions[s].Name}, {fault.Where}" });
            }
            equal.Add(item.Runs[0].Zip(item.Runs[s]).All(r => SameBits(r.First.Outputs, r.Second.Outputs)));
        }
        for (int s = 1; s < sessions.Length; s++)
        {
            PredictionComparison comparison = suite.Task.Compare(predictions[0], predictions[s]);
            predictions[s] = predictions[s] with { Counts = predictions[s].Counts.AddRange(comparison.Counts), Explanation = null };
        }
        predictions[0] = predictions[0] with { Explanation = null };
        return new SampleResult(item.Index, predictions.MoveToImmutable(), equal.MoveToImmutable(), null);
    }

    private static bool SameBits(IReadOnlyDictionary<string, Tensor> a, IReadOnlyDictionary<string, Tensor> b) =>
        a.Count == b.Count && a.All(o => b.TryGetValue(o.Key, out Tensor? other) && o.Value.Type == other.Type && o.Value.Bytes().SequenceEqual(other.Bytes()));

    private static void Write<T>(ChannelWriter<T> writer, T item, CancellationToken stop)
    {
        if (!writer.TryWrite(item))
            writer.WriteAsync(item, stop).AsTask().GetAwaiter().GetResult();
    }

    private static bool Read<T>(ChannelReader<T> reader, CancellationToken stop, out T item)
    {
        while (!reader.TryRead(out item!))
            if (!reader.WaitToReadAsync(stop).AsTask().GetAwaiter().GetResult())
                return false;
        return true;
    }

    private sealed record Prepared(int Index, ImmutableDictionary<InputContract, ImmutableArray<PreparedInput>>? Inputs, Fault? Fault);

    /// <param name="Runs">[session][run].</param>
    private sealed record Ran(int Index, ImmutableArray<ImmutableArray<ModelRun>> Runs, Fault? Fault);
}
