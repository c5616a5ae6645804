using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Measuring;

/// <summary>What the sessions said of one sample, or why it could not be used.</summary>
/// <param name="Index">Position in the dataset.</param>
/// <param name="Predictions">One per session, in their order; empty when there is a fault.</param>
/// <param name="EqualsReference">Per session: every output was the reference's bit for bit.</param>
public sealed record SampleResult(int Index, ImmutableArray<Prediction> Predictions, ImmutableArray<bool> EqualsReference, Fault? Fault);
