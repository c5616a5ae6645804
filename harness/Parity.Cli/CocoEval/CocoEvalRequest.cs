using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Coco;

namespace Parity.Cli.CocoEval;

/// <summary>What `parity coco-eval` is asked for.</summary>
/// <param name="Against">Results compared with those of <paramref name="Dt"/>; null for one file alone.</param>
/// <param name="Statistics">Names; null for all.</param>
/// <param name="LimitPoints">Largest drop of the first statistic, in hundredths; null when nothing is judged.</param>
public sealed record CocoEvalRequest(
    string Gt, string Dt, string? Against, CocoShape Shape, CocoParameters Parameters, ImmutableArray<double> Sigmas, ImmutableArray<string>? Statistics,
    BootstrapRecord Bootstrap, double? LimitPoints, string? Json, int Threads);
