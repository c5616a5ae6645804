using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Measuring;
using Parity.Engine.Suites;
using Parity.Onnx;

namespace Parity.Engine.Advising;

/// <summary>
/// Runs one model after another on the same few samples, against what the reference said of them, which is computed once. Inputs stay in memory, prepared.
/// </summary>
public sealed class Trials
{
    /// <summary>Enough for a standard error; a verdict takes the suite's own.</summary>
    private const int Resamples = 200;

    private readonly Suite _suite;
    private readonly ITask _task;
    private readonly string _file;
    private readonly Func<string, ISession> _open;
    private readonly CancellationToken _stop;
    private readonly List<(Sample Sample, Picture Picture, Dictionary<InputContract, ImmutableArray<PreparedInput>> Inputs)> _samples = [];
    private readonly List<ImmutableArray<ModelRun>> _probes = [];
    private readonly ImmutableArray<Prediction> _seen;
    private readonly Evaluated _reference;

    /// <param name="reference">Runs the suite's float model.</param>
    /// <param name="samples">Of which the first <paramref name="probes"/> also compare the outputs themselves.</param>
    /// <param name="open">Opens a model file as the target does.</param>
    /// <param name="folder">For the model of the moment.</param>
    /// <exception cref="FaultException">No sample can be used, or one that can be read cannot be decoded.</exception>
    public Trials(Suite suite, TargetRequest request, ISession reference, DatasetPart samples, int probes, Func<string, ISession> open, string folder, IRunObserver observer, CancellationToken stop)
    {
        (_suite, _task, _open, _stop) = (suite, request.PostProcessing ?? suite.Task, open, stop);
        Directory.CreateDirectory(folder);
        _file = Path.Combine(folder, "trial.onnx");
        var predictions = new List<Prediction>();
        observer.Begin("reference", samples.Samples.Length);
        foreach (Sample sample in samples.Samples)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                _samples.Add((sample, samples.Read(sample), []));
            }
            catch (FaultException e)
            {
                observer.Note(e.Faults[0].ToString());
                continue;
            }
            ImmutableArray<ModelRun> runs = Run(reference, _samples.Count - 1);
            predictions.Add(suite.Task.Decode(runs, sample, explain: false));
            if (_probes.Count < probes)
                _probes.Add(runs);
            observer.Advance("reference", _samples.Count);
        }
        if (predictions.Count == 0)
            throw new FaultException("no sample can be used", samples.Name, "See the notes above, or search more samples by --samples.");
        _seen = [.. predictions.Take(_probes.Count)];
        Agrees = _task.Agreement(_seen, _seen) is not null;
        _reference = Evaluated.Of(suite.Task, predictions, suite.Bootstrap with { Resamples = Resamples }, stop);
    }

    public int Probes => _probes.Count;

    public int Samples => _samples.Count;

    /// <summary>Name of the task's first measurement.</summary>
    public string Headline => _reference.Measurements[0].Name;

    /// <summary>Models opened so far.</summary>
    public int Models { get; private set; }

    /// <summary>Whether the reference predicts anything on the probes that predictions can be held against; else the outputs themselves are compared.</summary>
    public bool Agrees { get; }

    /// <summary>
    /// How far the model is from the reference on the probes, 0 the same to 1 nothing alike: what lacks to <see cref="ITask.Agreement"/>, or <see cref="OutputError.Value"/> where the
    /// reference predicts nothing.
    /// </summary>
    public double Error(OnnxModel model)
    {
        if (!Agrees)
            return ErrorOfOutputs(model);
        using ISession session = Open(model);
        return Decoded(session, _probes.Count) is { } predictions ? 1 - (_task.Agreement(_seen, predictions) ?? 0) : 1;
    }

    /// <summary>See <see cref="OutputError.Value"/>.</summary>
    public double ErrorOfOutputs(OnnxModel model)
    {
        using ISession session = Open(model);
        var error = new OutputError();
        for (int i = 0; i < _probes.Count; i++)
            foreach (var (expected, actual) in _probes[i].Zip(Run(session, i)))
                error.Add(expected.Outputs, actual.Outputs);
        return error.Value;
    }

    /// <summary>The metric over all samples; null where the outputs cannot be decoded, having NaN in them.</summary>
    public Evaluated? Evaluate(OnnxModel model)
    {
        using ISession session = Open(model);
        return Decoded(session, _samples.Count) is { } predictions ? Evaluated.Of(_suite.Task, predictions, _suite.Bootstrap with { Resamples = Resamples }, _stop) : null;
    }

    /// <summary>What every measurement loses, with its standard error.</summary>
    public ImmutableArray<DropRecord> Drops(Evaluated target) => Drops(_reference, target);

    /// <inheritdoc cref="Drops(Evaluated)"/>
    public ImmutableArray<DropRecord> Drops(Evaluated before, Evaluated after) => before.Drops(after, _suite.Bootstrap.Confidence);

    private Prediction[]? Decoded(ISession session, int count)
    {
        try
        {
            return [.. _samples.Take(count).Select((s, i) => _task.Decode(Run(session, i), s.Sample, explain: false))];
        }
        catch (FaultException)
        {
            return null;
        }
    }

    private ISession Open(OnnxModel model)
    {
        _stop.ThrowIfCancellationRequested();
        Models++;
        model.Save(_file);
        try
        {
            return _open(_file);
        }
        finally
        {
            File.Delete(_file);
        }
    }

    private ImmutableArray<ModelRun> Run(ISession session, int index)
    {
        var (sample, picture, inputs) = _samples[index];
        if (!inputs.TryGetValue(session.Input, out ImmutableArray<PreparedInput> prepared))
            inputs[session.Input] = prepared = _suite.Preprocessor.PrepareAll(picture, _suite.Task.Regions(sample), session.Input);
        return [.. prepared.Select(p => new ModelRun(session.Run(p.Tensor), p.Placement))];
    }
}
