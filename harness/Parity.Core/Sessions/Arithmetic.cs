namespace Parity.Core;

/// <summary>Which arithmetic a session uses, so that a result can say so.</summary>
/// <param name="Name">"float32", "half, emulated in float", "integer kernels", "emulated in float", "device".</param>
/// <param name="Detail">Versions, provider, optimisation, threads: one line for people.</param>
/// <param name="IntegerMacShare">Share of multiply-accumulates (0 to 1) that run in integer kernels; null when the backend does not tell.</param>
public sealed record Arithmetic(string Name, string Detail, double? IntegerMacShare);
