using System.Collections.Immutable;

namespace Parity.Core;

/// <param name="ModelPath">ONNX file.</param>
/// <param name="Contract">What the suite would feed; the session declares what it wants in <see cref="ISession.Input"/>.</param>
/// <param name="Taps">Names of tensors inside the model to return beside its outputs.</param>
/// <param name="Optimize">False switches the backend's graph optimisation off: Q/DQ is then emulated in float.</param>
/// <param name="Threads">Threads within one Run; at least 1.</param>
/// <param name="ReusesTensors">The tensors a Run returns may be overwritten by the session's next Run: for who looks at one sample's many taps at a time.</param>
public sealed record SessionRequest(string ModelPath, InputContract Contract, ImmutableArray<string> Taps, bool Optimize = true, int Threads = 1, bool ReusesTensors = false);
