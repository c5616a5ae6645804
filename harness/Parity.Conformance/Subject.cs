using Parity.Core;
using Parity.Lowering;

namespace Parity.Conformance;

/// <summary>What is held against the rules.</summary>
/// <param name="Target">A profile's name, or a chip of the golden vectors that has no profile yet.</param>
/// <param name="Profile">Null: only rules of pure arithmetic apply.</param>
/// <param name="Folder">For tiny models, emptied by who made it.</param>
public sealed record Subject(string Target, TargetProfile? Profile, IBackend Backend, string Folder);
