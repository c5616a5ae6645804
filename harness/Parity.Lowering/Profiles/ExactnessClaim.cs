using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>How near the emulation in float comes to the chip, and who says so.</summary>
/// <param name="Operators">Operator types; "*" is all others.</param>
/// <param name="Exactness">"Exact", "Lsb(n)", "Relative(eps)" or "Unknown", then why in a few words.</param>
/// <param name="Source">Document or code, with the evidence tag of targets.md.</param>
public sealed record ExactnessClaim(ImmutableArray<string> Operators, string Exactness, string Source);
