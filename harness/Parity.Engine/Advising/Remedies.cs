using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Measuring;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Advising;

/// <summary>Other ways to win points back than layers in float, each by itself on the searched samples: what it leaves of the loss and what it costs.</summary>
internal sealed class Remedies(LayerSwitches switches, string metric, IRunObserver observer)
{
    private const double Percentile = 99.99;

    /// <param name="plan">Null where no plan was found.</param>
    /// <returns>The target as it is first.</returns>
    public ImmutableArray<RemedyRecord> Compare(LayerChoice? plan, ImmutableArray<SensitivityRecord> layers, CancellationToken stop)
    {
        var remedies = ImmutableArray.CreateBuilder<RemedyRecord>();
        LoweringPlan usual = switches.Plan;
        LoweringResult asIs = switches.With([], [], []);
        Measure("as it is", Calibrators.Describe(usual.Calibrator, usual.Percentile, usual.Options), () => asIs);
        if (plan is not null)
            Measure("plan", $"{plan.Float.Count} layers in float, {plan.Half.Count} in fp16, {plan.Int16.Count} in int16", () => switches.With(plan.Float, plan.Half, plan.Int16));
        ImmutableSortedSet<int> culprits = plan is null ? [.. layers.Select((l, i) => (l.AllButThisError, i)).OrderBy(l => l).Take(3).Select(l => l.i)] : plan.Float.Union(plan.Half).Union(plan.Int16);
        if (usual.Profile.Quantization!.Int16 is null)
            Missing("int16", $"{culprits.Count} layers", $"{usual.Profile.Name} has no 16-bit integers");
        else
            Measure("int16", string.Join(", ", culprits.Select(c => switches.Layers[c].Name)), () => switches.With([], [], culprits));
        if (usual.Profile.Quantization.Weights.Granularity == Granularity.PerChannel)
            Missing("per-channel weights", "", "the target has them");
        else if (usual.Profile.Flags.SelectMany(f => f.Choices.Select(c => (Flag: f.Name, Choice: c.Value, Profile: c.Effect(usual.Profile))))
            .FirstOrDefault(c => c.Profile.Quantization?.Weights.Granularity == Granularity.PerChannel) is { Flag: not null } option)
            Measure("per-channel weights", $"flags: {{{option.Flag}: {option.Choice}}}", () => Lower(switches.Model, usual with { Profile = option.Profile }));
        else
            Missing("per-channel weights", "", $"{usual.Profile.Name} has no such option");
        foreach (string calibrator in Calibrators.All.Where(c => c != usual.Calibrator))
            Measure("calibrator", calibrator == Calibrators.Percentile ? FormattableString.Invariant($"{calibrator} {Percentile}") : calibrator, () => Lower(switches.Model, usual with { Calibrator = calibrator, Percentile = Percentile }));
        Measure("AdaRound", "weights rounded by their layers' outputs", () => Lower(switches.Model, usual with { Options = usual.Options with { AdaRound = AdaRoundOptions.Default } }));
        Rewritten("cross-layer equalisation", CrossLayerEqualization.Apply(switches.Model), "no convolution feeds another through nothing but ReLU or LeakyReLU", "pairs of convolutions");
        Rewritten("split output", OutputSplitting.Apply(switches.Model), "no convolution feeds only Slice or Split along its channels", "convolutions split");
        var (corrected, count) = BiasCorrection.Apply(asIs, switches.Activations);
        if (count == 0)
            Missing("bias correction", "", "no quantized convolution has a bias");
        else
            Measure("bias correction", $"{count} convolutions", () => asIs with { Model = corrected });
        return remedies.ToImmutable();

        LoweringResult Lower(OnnxModel model, LoweringPlan by) => Lowerer.Lower(model, by, switches.Activations);

        void Rewritten(string remedy, (OnnxModel Model, int Count) rewritten, string missing, string what)
        {
            if (rewritten.Count == 0)
                Missing(remedy, "", missing);
            else if (switches.Trials.ErrorOfOutputs(rewritten.Model) is > 1e-6 and var error)
                Missing(remedy, "", FormattableString.Invariant($"it changed the float model: error share {error:0.0e+0} of its outputs"));
            else
                Measure(remedy, $"{rewritten.Count} {what}", () => Lower(rewritten.Model, usual));
        }

        void Measure(string remedy, string detail, Func<LoweringResult> lower)
        {
            stop.ThrowIfCancellationRequested();
            observer.Begin($"remedy: {remedy} {detail}".TrimEnd(), 0);
            try
            {
                LoweringResult result = lower();
                DropRecord? drop = switches.Trials.Evaluate(result.Model) is { } evaluated ? switches.Trials.Drops(evaluated).FirstOrDefault(d => d.Name == metric) : null;
                remedies.Add(new RemedyRecord(remedy, detail, drop, result.Cost.Relative, drop is null ? "its outputs cannot be decoded" : null));
            }
            catch (FaultException e)
            {
                Missing(remedy, detail, string.Join("; ", e.Faults.Select(f => f.What)));
            }
        }

        void Missing(string remedy, string detail, string why) => remedies.Add(new RemedyRecord(remedy, detail, null, null, why));
    }
}
