using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>The whole of <c>run.json</c>: everything measured, nothing judged. Same inputs give the same bytes apart from <see cref="Timings"/>.</summary>
public sealed record RunRecord(
    int Schema,
    string Suite,
    string SuiteSha256,
    string Tool,
    MachineRecord Machine,
    DatasetRecord Dataset,
    DatasetRecord? Calibration,
    BootstrapRecord Bootstrap,
    ReferenceRecord Reference,
    ImmutableArray<TargetRecord> Targets,
    TimingsRecord Timings)
{
    public const int CurrentSchema = 1;

    /// <summary>Two models were compared layer by layer, without task: there is no metric, and no verdict.</summary>
    public bool LayersOnly { get; init; }
}

/// <param name="Threads">Threads within one model run.</param>
public sealed record MachineRecord(string Os, string Processor, int Cores, string Runtime, string Simd, int Threads);

/// <param name="Count">Samples asked for; <paramref name="Bad"/> lists those that could not be used.</param>
public sealed record DatasetRecord(string Name, int Count, string Sha256, ImmutableArray<BadSample> Bad);

public sealed record BadSample(string SampleId, string Name, Fault Fault);

/// <param name="Confidence">Of the one-sided bounds, such as 0.95.</param>
public sealed record BootstrapRecord(int Resamples, ulong Seed, double Confidence);

/// <param name="Sha256">Of the model file.</param>
/// <param name="Macs">Multiply-accumulates of one run; null where a shape is unknown.</param>
public sealed record ModelRecord(string File, string Sha256, long Bytes, long Parameters, long? Macs);

/// <param name="NoiseFloor">The reference against itself under other settings; null when the suite does not ask for it.</param>
public sealed record ReferenceRecord(
    ModelRecord Model,
    string Backend,
    Arithmetic Arithmetic,
    ImmutableArray<Measurement> Measurements,
    ImmutableSortedDictionary<string, long> Counts,
    ImmutableArray<NoiseFloorRecord>? NoiseFloor = null)
{
    /// <summary>What the suite feeds it; null in records of before.</summary>
    public InputContract? Input { get; init; }
}

/// <summary>The same float model under another setting that should not matter: what it changes is noise, not quantization.</summary>
/// <param name="Variant">"2 threads", "not optimised".</param>
/// <param name="EqualSamples">Samples on which every output was the reference's bit for bit.</param>
/// <param name="Differences">Of the measurements: reference less variant, by name; without those that have no value.</param>
public sealed record NoiseFloorRecord(string Variant, Arithmetic Arithmetic, int Samples, int EqualSamples, ImmutableSortedDictionary<string, double> Differences);

/// <param name="Name">As named in the suite; unique in the run.</param>
/// <param name="Profile">The target's numeric profile, such as <c>tensorrt</c>.</param>
/// <param name="Availability">Why there are no measurements, when the target could not run.</param>
/// <param name="Plan">How it was lowered: calibrator, layers kept in float.</param>
/// <param name="QuantizedMacShare">Share of multiply-accumulates whose inputs are quantized, 0 to 1.</param>
/// <param name="Probe">Layer by layer on the probe samples; null without probe samples.</param>
/// <param name="Twin">Of a ready Q/DQ model: the same weights without Q/DQ; null for a model lowered from the reference.</param>
/// <param name="Cost">Null when the target could not run.</param>
/// <param name="Exactness">How near the emulation comes to the chip; null when the target could not run.</param>
/// <param name="Flags">What the profile leaves open, and what was taken: every flag by name.</param>
/// <param name="Apart">How far its predictions lie from the reference's without regard to the truth; null or empty for tasks that do not tell.</param>
/// <param name="Waterfall">The models between reference and target, each measured; null when the suite does not ask for it.</param>
/// <param name="Experiments">What rules wanted to know and the run measured; null when the suite does not ask for it.</param>
/// <param name="EqualsReference">True when every output of every sample was the reference's bit for bit.</param>
public sealed record TargetRecord(
    string Name,
    string Profile,
    string Backend,
    Availability Availability,
    ModelRecord? Model,
    Arithmetic? Arithmetic,
    PlanRecord? Plan,
    double? QuantizedMacShare,
    bool EqualsReference,
    ImmutableArray<Measurement> Measurements,
    ImmutableArray<DropRecord> Drops,
    ImmutableSortedDictionary<string, long> Counts,
    ImmutableArray<QdqRecord> Qdq,
    ImmutableArray<ImageRecord> Images,
    ImmutableArray<string> Notes,
    ProbeRecord? Probe,
    TwinRecord? Twin = null,
    CostRecord? Cost = null,
    ImmutableArray<ExactnessRecord>? Exactness = null,
    ImmutableSortedDictionary<string, string>? Flags = null,
    ImmutableArray<StageRecord>? Waterfall = null,
    ImmutableArray<ExperimentRecord>? Experiments = null,
    ImmutableArray<Measurement>? Apart = null)
{
    /// <summary>Null when the target did not run, or took a ready model.</summary>
    public LoweringRecord? Lowering { get; init; }

    /// <summary>Outline of the target's model; null when the target did not run.</summary>
    public GraphRecord? Graph { get; init; }

    /// <summary>What the target's engine says it computes in; null when the suite gives no layer info.</summary>
    public ImmutableArray<EngineLayer>? EngineLayers { get; init; }

    /// <summary>The drops by class and size, and the curves of both sides; null for tasks that do not tell.</summary>
    public BreakdownRecord? Breakdown { get; init; }
}

/// <summary>The float twin of a ready Q/DQ model, which parts what training changed from what quantization changed.</summary>
/// <param name="FromReference">Reference against twin: what other weights change.</param>
/// <param name="ToTarget">Twin against target: what Q/DQ changes.</param>
public sealed record TwinRecord(ImmutableArray<Measurement> Measurements, ImmutableArray<DropRecord> FromReference, ImmutableArray<DropRecord> ToTarget);

/// <param name="Calibrator">"min-max", "percentile 99.99", or "as shipped" for a ready Q/DQ model.</param>
/// <param name="KeepFloat">Name patterns asked for; <paramref name="KeptFloat"/> the layers they named.</param>
public sealed record PlanRecord(string Calibrator, ImmutableArray<string> KeepFloat, ImmutableArray<string> KeptFloat)
{
    /// <summary>Name patterns of layers rounded to float16.</summary>
    public ImmutableArray<string> Float16 { get; init; } = [];

    /// <summary>Name patterns of layers with 16-bit integers.</summary>
    public ImmutableArray<string> Int16 { get; init; } = [];
}

/// <summary>Reference against target for one measurement; drop is positive when the target is worse, whatever the direction.</summary>
/// <param name="Lower">One-sided lower bound of the drop by the paired bootstrap; null when there is no value.</param>
/// <param name="Upper">One-sided upper bound.</param>
/// <param name="StandardError">Standard deviation of the drop over the resamples.</param>
/// <param name="NoiseFloor">Largest difference of the reference from itself under other settings; null when not measured.</param>
public sealed record DropRecord(string Name, string Unit, double? Reference, double? Target, double? Drop, double? Lower, double? Upper, double? StandardError, int Count, double? NoiseFloor = null)
{
    /// <summary>True when the reference differs from itself by as much: the drop cannot be told from noise.</summary>
    public bool InsideNoiseFloor => NoiseFloor is { } floor && Drop is { } drop && Math.Abs(drop) <= floor;
}

/// <summary>A QuantizeLinear/DequantizeLinear pair of the lowered model.</summary>
/// <param name="Tensor">The float tensor it quantizes, in the names of the lowered model.</param>
/// <param name="Source">The same tensor in the float model; null when there is none.</param>
/// <param name="Kind">"activation", "weight" or "bias".</param>
/// <param name="Axis">Channel axis, or null per tensor.</param>
/// <param name="Scales">One, or one per channel.</param>
/// <param name="Low">Smallest representable real value (of the widest channel).</param>
public sealed record QdqRecord(
    string Quantize, string Dequantize, string Tensor, string? Source, string Kind, ElementType Type, int? Axis,
    ImmutableArray<double> Scales, ImmutableArray<long> ZeroPoints, double Low, double High, ImmutableArray<string> Consumers)
{
    /// <summary>Of constant weights: how far the values that the codes stand for reach, by output channel; null for all else.</summary>
    public ChannelExtents? Extents { get; init; }
}

/// <summary>An image shown in the report: how far the target fell behind on it alone, and what to draw.</summary>
/// <param name="Picture">File in the run folder.</param>
/// <param name="ReferenceValue">Headline measurement on this image alone.</param>
/// <param name="Difference">Where reference and target differ, for tasks that draw it; else null.</param>
public sealed record ImageRecord(
    string SampleId, string Name, string Picture, int Width, int Height,
    double? ReferenceValue, double? TargetValue,
    Overlay Truth, Overlay Reference, Overlay Target,
    ImmutableArray<Decision> ReferenceDecisions, ImmutableArray<Decision> TargetDecisions,
    ImmutableArray<ItemChange> Changes, Overlay? Difference = null);
