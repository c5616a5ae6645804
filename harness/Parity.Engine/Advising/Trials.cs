using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Measuring;
using Parity.Engine.Suites;
using Parity.Onnx;

namespace Parity.Engine.Advising;

/// <summary>
/// Runs one model after another on the same few samples, against what the reference said of them, which is computed once. Inputs stay in memory, prepared.
/// </summary>
internal sealed class Trials
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
        _reference = Evaluated.Of(suite.Task, predictions, suite.Bootstrap with { Resamples = Resamples }, stop);
    }

    public int Probes => _probes.Count;

    public int Samples => _samples.Count;

    /// <summary>Name of the task's first measurement.</summary>
    public string Headline => _reference.Measurements[0].Name;

    /// <summary>Models opened so far.</summary>
    public int Models { get; private set; }

    /// <summary>How far the model's outputs on the probes are from the reference's: see <see cref="OutputError.Value"/>.</summary>
    public double Error(OnnxModel model)
    {
        using ISession session = Open(model);
        var error = new OutputError();
        for (int i = 0; i < _probes.Count; i++)
            foreach (var (expected, actual) in _probes[i].Zip(Run(session, i)))
                error.Add(expected.Outputs, actual.Outputs);
        return error.Value;
    }

    /// <summary>What every measurement loses over all samples, with its standard error; empty where the outputs cannot be decoded, having NaN in them.</summary>
    public ImmutableArray<DropRecord> Drops(OnnxModel model)
    {
        using ISession session = Open(model);
        Prediction[] predictions;
        try
        {
            predictions = [.. _samples.Select((s, i) => _task.Decode(Run(session, i), s.Sample, explain: false))];
        }
        catch (FaultException)
        {
            return [];
        }
        return _reference.Drops(Evaluated.Of(_suite.Task, predictions, _suite.Bootstrap with { Resamples = Resamples }, _stop), _suite.Bootstrap.Confidence);
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
