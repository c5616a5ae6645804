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
        var done = ImmutableArray.CreateBuilder<ExperimentRecord>();
        foreach (Experiment experiment in wanted)
        {
            done.Add(Run(experiment, target, stop));
            observer.Advance(stage, done.Count);
        }
        return record with { Experiments = done.ToImmutable() };
    }

    private ExperimentRecord Run(Experiment experiment, PreparedTarget target, CancellationToken stop)
    {
        bool ofReference = experiment.Target == NamedSession.Reference;
        if (ofReference && _ofReference.TryGetValue(experiment.What, out ExperimentRecord? known))
            return known;
        ExperimentRecord record;
        try
        {
            string compared = ofReference ? NamedSession.Reference : target.Request.Name;
            Evaluated before = Evaluated.Of(outcomes[compared].Values.Task, [.. samples.Select(i => outcomes[compared].Values.Predictions[suite.Dataset.Samples[i].Id])], suite.Bootstrap, stop);
            Evaluated after = ofReference
                ? Evaluate(reference, suite.ChangedPreprocessing!(experiment.Preprocessing), null, suite.Task, stop)
                : InFloat(experiment, target, before.Task, stop);
            record = new ExperimentRecord(experiment, samples.Length, before.Drops(after, suite.Bootstrap.Confidence).First(), null);
        }
        catch (FaultException e)
        {
            record = new ExperimentRecord(experiment, samples.Length, null, e.Message);
        }
        return ofReference ? _ofReference[experiment.What] = record : record;
    }

    private Evaluated InFloat(Experiment experiment, PreparedTarget target, ITask task, CancellationToken stop)
    {
        if (target.Request.ReadyModel is not null)
            throw new FaultException("a ready model is taken as it is", $"target {target.Request.Name}", "Take its Q/DQ out where the finding says, and run again.");
        string folder = Directory.CreateTempSubdirectory("parity-experiment-").FullName;
        try
        {
            using ISession session = preparation.Open(target.Request with { KeepFloat = [.. target.Request.KeepFloat, .. experiment.KeepFloat] }, folder, stop);
            return Evaluate(session, suite.Preprocessor, session.Input, task, stop);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
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
