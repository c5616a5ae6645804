using Parity.Core;
using Parity.Engine.Suites;
using Parity.Lowering;

namespace Parity.Engine.Measuring;

/// <summary>A target ready to run: its lowered model and open session; or why it cannot run.</summary>
public sealed record PreparedTarget(TargetRequest Request, Availability Availability, ReadyTarget? Ready) : IDisposable
{
    public string TwinName => $"{Request.Name}.float-twin";

    public void Dispose()
    {
        Ready?.Session.Dispose();
        Ready?.Twin?.Session.Dispose();
        Ready?.LoweredFloat?.Dispose();
        Ready?.WeightsQuantized?.Dispose();
        Ready?.Emulated?.Dispose();
    }
}

/// <param name="Path">The lowered model's file.</param>
/// <param name="Twin">The float twin of a ready Q/DQ model, with its file.</param>
/// <param name="FromCache">An earlier run prepared the same model from the same inputs.</param>
public sealed record ReadyTarget(ISession Session, string Path, LoweringResult Lowered, ModelRecord Model, (ISession Session, string Path)? Twin, bool FromCache)
{
    public ISession? LoweredFloat { get; init; }

    public ISession? WeightsQuantized { get; init; }

    /// <summary>Why there is no model with the weights alone quantized; null where there is one, or none was asked for.</summary>
    public string? WeightsMissing { get; init; }

    public ISession? Emulated { get; init; }
}
