using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Engine.Suites;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Measuring;

/// <summary>Measures what rules want to know, on the first samples of the run.</summary>
internal sealed class ExperimentRun(Suite suite, TargetPreparation preparation, ISession reference, ImmutableDictionary<string, SessionOutcome> outcomes, ImmutableArray<int> samples, IRunObserver observer)
{
    private readonly Dictionary<string, ExperimentRecord> _ofReference = new(StringComparer.Ordinal);

    /// <summary>The target with its experiments, those of its first findings first; as it is when the suite asks for none.</summary>
    public TargetRecord Add(RunRecord run, TargetRecord record, PreparedTarget target, CancellationToken stop)
    {
        if (suite.Experiments == 0 || target.Ready is not { } ready)
            return record;
        OnnxModel compared = OnnxModel.Load(ready.Twin?.Path ?? suite.ModelPath);
        var seen = new TargetCase(run, record, TargetModels.ProfileOf(target.Request), ready.Lowered.Model, compared, ready.Lowered.Map);
        var wanted = Diagnosis.Of(seen, DiagnosisRules.All).Select(f => f.Wanted).OfType<Experiment>().DistinctBy(e => e.What).Take(suite.Experiments).ToList();
        string stage = $"experiments {record.Name}";
        observer.Begin(stage, wanted.Count);
        string folder = Directory.CreateTempSubdirectory("parity-experiments-").FullName;
        try
        {
            // Of many experiments the first calibrates.
            var layers = new Lazy<PreparedModel>(() => preparation.Switchable(target.Request, folder, stop));
            var done = ImmutableArray.CreateBuilder<ExperimentRecord>();
            foreach (Experiment experiment in wanted)
            {
                done.Add(Run(experiment, target.Request, layers, Path.Combine(folder, "model.onnx"), stop));
                observer.Advance(stage, done.Count);
            }
            return record with { Experiments = done.ToImmutable() };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <param name="path">For the model of the moment.</param>
    private ExperimentRecord Run(Experiment experiment, TargetRequest request, Lazy<PreparedModel> layers, string path, CancellationToken stop)
    {
        bool ofReference = experiment.Target == NamedSession.Reference;
        if (ofReference && _ofReference.TryGetValue(experiment.What, out ExperimentRecord? known))
            return known;
        ExperimentRecord record;
        try
        {
            string compared = ofReference ? NamedSession.Reference : request.Name;
            Evaluated before = Evaluated.Of(outcomes[compared].Values.Task, [.. samples.Select(i => outcomes[compared].Values.Predictions[suite.Dataset.Samples[i].Id])], suite.Bootstrap, stop);
            Evaluated after = ofReference
                ? Evaluate(reference, suite.ChangedPreprocessing!(experiment.Preprocessing), null, suite.Task, stop)
                : InFloat(experiment, request, layers.Value, path, before.Task, stop);
            record = new ExperimentRecord(experiment, samples.Length, before.Drops(after, suite.Bootstrap.Confidence).First(), null);
        }
        catch (FaultException e)
        {
            record = new ExperimentRecord(experiment, samples.Length, null, e.Message);
        }
        return ofReference ? _ofReference[experiment.What] = record : record;
    }

    private Evaluated InFloat(Experiment experiment, TargetRequest request, PreparedModel layers, string path, ITask task, CancellationToken stop)
    {
        layers.With([.. request.KeepFloat, .. experiment.KeepFloat], request.Float16, request.Int16).Model.Save(path);
        using ISession session = preparation.Open(preparation.Backend(request.Backend), path, request.Optimize);
        return Evaluate(session, suite.Preprocessor, session.Input, task, stop);
    }

    private Evaluated Evaluate(ISession session, IPreprocessor preprocessor, InputContract? contract, ITask task, CancellationToken stop)
    {
        var predictions = new List<Prediction>();
        foreach (int index in samples)
        {
            stop.ThrowIfCancellationRequested();
            Sample sample = suite.Dataset.Samples[index];
            var inputs = preprocessor.PrepareAll(suite.Dataset.Read(sample), task.Regions(sample), contract ?? preprocessor.Contract);
            predictions.Add(task.Decode([.. inputs.Select(i => new ModelRun(session.Run(i.Tensor), i.Placement))], sample, explain: false));
        }
        return Evaluated.Of(task, predictions, suite.Bootstrap, stop);
    }
}
