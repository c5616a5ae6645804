using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Suites;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Measuring;

/// <summary>The models between the float reference and a target, so that the points lost can be told apart by stage.</summary>
internal static class Waterfall
{
    private const string Device = "device";

    /// <summary>Opens what the target's own sessions do not already show.</summary>
    /// <param name="open">Opens a model file on the reference's backend; the flag is its optimisation.</param>
    public static ReadyTarget Open(ReadyTarget target, TargetRequest request, string folder, Func<string, bool, ISession> open)
    {
        if (!request.Waterfall)
            return target;
        bool quantizes = target.Lowered.QuantizedMacShare is not null;
        OnnxModel? weights = null;
        string? missing = quantizes ? null : "the target quantizes nothing";
        try
        {
            weights = quantizes && target.Twin is null ? UnquantizedActivations.Of(target.Lowered) : null;
        }
        catch (FaultException e)
        {
            missing = $"not separable: {e.Faults[0].What}";
        }
        return target with
        {
            LoweredFloat = target.Lowered.Float is { } lowered ? open(Saved(lowered, "lowered-float"), true) : null,
            WeightsQuantized = weights is not null ? open(Saved(weights, "weights-quantized"), true) : null,
            WeightsMissing = missing,
            Emulated = quantizes && ComputesItself(target.Session) ? open(target.Path, false) : null,
        };

        string Saved(OnnxModel model, string name)
        {
            string path = Path.Combine(folder, $"{name}.onnx");
            model.Save(path);
            return path;
        }
    }

    /// <summary>Sessions to measure beside the target's own, which decodes with the target's post-processing.</summary>
    public static IEnumerable<NamedSession> Sessions(PreparedTarget target, ITask task)
    {
        if (!target.Request.Waterfall || target.Ready is not { } ready)
            yield break;
        if (ready.LoweredFloat is { } lowered)
            yield return new NamedSession(Name(target, "lowered-float"), lowered, task);
        if (ready.WeightsQuantized is { } weights)
            yield return new NamedSession(Name(target, "weights-quantized"), weights, task);
        if (ready.Emulated is { } emulated)
            yield return new NamedSession(Name(target, "emulated"), emulated, task);
        if (target.Request.PostProcessing is not null)
            yield return new NamedSession(Name(target, "suite-post-processing"), ready.Session, task);
    }

    public static ImmutableArray<StageRecord>? Record(PreparedTarget target, ISession reference, ImmutableDictionary<string, SessionOutcome> outcomes, double confidence)
    {
        if (!target.Request.Waterfall || target.Ready is not { } ready)
            return null;
        var stages = ImmutableArray.CreateBuilder<StageRecord>();
        Evaluated? before = null;
        string own = target.Request.PostProcessing is null ? target.Request.Name : Name(target, "suite-post-processing");
        bool quantizes = ready.Lowered.QuantizedMacShare is not null;

        Add("float", NamedSession.Reference, reference.Arithmetic, null);
        if (ready.Twin is { } twin)
        {
            Add("float twin", target.TwinName, twin.Session.Arithmetic, null);
            Add("lowered float", null, null, "a ready model is taken as it is: nothing was lowered");
            Add("weights quantized", null, null, "not separable: the float twin of a ready model carries its rounded weights");
        }
        else
        {
            Add("lowered float", Name(target, "lowered-float"), ready.LoweredFloat!.Arithmetic, null);
            Add("weights quantized", Name(target, "weights-quantized"), ready.WeightsQuantized?.Arithmetic, ready.WeightsMissing);
        }

        bool itself = ComputesItself(ready.Session);
        Add("activations quantized", itself ? Name(target, "emulated") : own, itself ? ready.Emulated?.Arithmetic : ready.Session.Arithmetic,
            quantizes ? null : "the target quantizes nothing");
        if (!quantizes)
            Add("target arithmetic", own, ready.Session.Arithmetic, null);
        bool device = ready.Session.Arithmetic.Name == Device;
        Add("integer arithmetic", own, ready.Session.Arithmetic,
            !quantizes ? "the target quantizes nothing" : device ? "not separable: the device computes in one piece" : itself ? null : "not available: the target was emulated in float");
        Add("device", own, ready.Session.Arithmetic, device ? null : $"not available: no device ran it, {target.Request.Backend} did");
        Add("post-processing", target.Request.Name, ready.Session.Arithmetic, target.Request.PostProcessing is null ? "the target decodes as the reference does" : null);
        return stages.ToImmutable();

        void Add(string stage, string? session, Arithmetic? arithmetic, string? missing)
        {
            if (missing is not null)
            {
                stages.Add(new StageRecord(stage, missing, null, [], []));
                return;
            }
            Evaluated values = outcomes[session!].Values;
            stages.Add(new StageRecord(stage, null, arithmetic, values.Measurements, before?.Drops(values, confidence) ?? []));
            before = values;
        }
    }

    /// <summary>Integer kernels or a device: then the emulation in float is a stage of its own.</summary>
    private static bool ComputesItself(ISession session) => session.Arithmetic.Name == Device || session.Arithmetic.IntegerMacShare > 0;

    private static string Name(PreparedTarget target, string stage) => $"{target.Request.Name}.{stage}";
}
