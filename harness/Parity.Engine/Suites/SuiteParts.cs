using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Suites;

/// <summary>What a suite can name; assembled by hand in the composition root.</summary>
/// <param name="Preprocessing">Reads the <c>preprocessing</c> section; mistakes go to its faults and the result is null.</param>
/// <param name="Profiles">Names of the target profiles.</param>
public sealed record SuiteParts(
    ImmutableArray<IDatasetFormat> Formats,
    ImmutableArray<ITaskKind> TaskKinds,
    Func<Settings, IPreprocessor?> Preprocessing,
    ImmutableArray<IBackend> Backends,
    ImmutableArray<string> Profiles,
    ImmutableArray<string> Calibrators);
