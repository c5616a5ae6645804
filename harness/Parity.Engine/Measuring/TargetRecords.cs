using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Suites;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Measuring;

/// <summary>Puts together what a run says of one target.</summary>
public static class TargetRecords
{
    public static TargetRecord Of(
        PreparedTarget target, ISession referenceSession, double confidence, ImmutableDictionary<string, SessionOutcome> outcomes, ImmutableArray<NoiseFloorRecord>? floors,
        ImmutableArray<ImageRecord> images, ProbeRecord? probe, string? probeFailure)
    {
        TargetRequest request = target.Request;
        ReadyTarget ready = target.Ready!;
        LoweringResult lowered = ready.Lowered;
        TargetProfile profile = TargetModels.ProfileOf(request);
        Evaluated reference = outcomes[NamedSession.Reference].Values;
        SessionOutcome outcome = outcomes[request.Name];
        string calibrator = request.ReadyModel is not null ? "as shipped"
            : lowered.QuantizedMacShare is null ? "none"
            : Calibrators.Describe(request.Calibrator, request.Percentile, request.Options);
        ImmutableArray<DropRecord> drops = NoiseFloor.Apply(reference.Drops(outcome.Values, confidence), floors);
        TwinRecord? twin = null;
        if (outcomes.TryGetValue(target.TwinName, out SessionOutcome? twinOutcome))
        {
            twin = new TwinRecord(twinOutcome.Values.Measurements,
                NoiseFloor.Apply(reference.Drops(twinOutcome.Values, confidence), floors), NoiseFloor.Apply(twinOutcome.Values.Drops(outcome.Values, confidence), floors));
        }

        return new TargetRecord(request.Name, request.Profile, request.Backend, target.Availability, ready.Model, ready.Session.Arithmetic,
            new PlanRecord(calibrator, request.KeepFloat, lowered.KeptFloat) { Float16 = request.Float16, Int16 = request.Int16 }, lowered.QuantizedMacShare, outcome.Samples > 0 && outcome.EqualSamples == outcome.Samples,
            outcome.Values.Measurements, drops, outcome.Values.Counts,
            WeightExtents.AddTo(lowered.Qdq, lowered.Model), images, probeFailure is null ? lowered.Notes : lowered.Notes.Add(probeFailure), probe, twin, lowered.Cost,
            [.. profile.Exactness.Select(c => new ExactnessRecord(c.Operators, c.Exactness.ToString()!, c.Why, c.Source))],
            profile.Flags.ToImmutableSortedDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal),
            Waterfall.Record(target, referenceSession, outcomes, confidence), Apart: reference.Apart(outcome.Values))
        {
            Lowering = lowered.Record, EngineLayers = request.EngineLayers, Graph = GraphOutline.Of(lowered.Model), Breakdown = reference.Breakdown(outcome.Values, drops),
        };
    }

    public static TargetRecord Absent(PreparedTarget target) => new(
        target.Request.Name, target.Request.Profile, target.Request.Backend, target.Availability, null, null, null, null, false,
        [], [], ImmutableSortedDictionary<string, long>.Empty, [], [], [], null);
}
