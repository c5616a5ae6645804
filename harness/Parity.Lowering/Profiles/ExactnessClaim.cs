using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>How near the emulation in float comes to the chip for some operators, and who says so.</summary>
/// <param name="Operators">Operator types; "*" is all others.</param>
/// <param name="Why">In a few words: what is the same, or what Q/DQ in float cannot express.</param>
/// <param name="Source">Document or code, with the evidence tag of targets.md.</param>
public sealed record ExactnessClaim(ImmutableArray<string> Operators, Exactness Exactness, string Why, string Source);
