namespace Parity.Engine.Measuring;

/// <summary>What one session amounted to over the usable samples.</summary>
/// <param name="EqualSamples">Samples on which every output was the reference's bit for bit.</param>
public sealed record SessionOutcome(Evaluated Values, int Samples, int EqualSamples);
