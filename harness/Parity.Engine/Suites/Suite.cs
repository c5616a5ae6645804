using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Gating;

namespace Parity.Engine.Suites;

/// <summary>A suite file, read and bound to data: everything a run needs to know.</summary>
/// <param name="Text">The file's text, kept in the run folder so that policy and record stay together.</param>
/// <param name="ModelPath">The float reference.</param>
/// <param name="ProbeSamples">How many samples, from the first, keep tensors and are shown in the report.</param>
/// <param name="WorstSamples">How many of the most harmed samples the report shows.</param>
/// <param name="NoiseFloor">Also measure the reference against itself under other settings.</param>
/// <param name="Threads">Threads within one model run.</param>
public sealed record Suite(
    string Name, string Text, string Sha256, string ModelPath, string ReferenceBackend,
    IDataset Dataset, IDataset? Calibration, IPreprocessor Preprocessor, ITask Task,
    ImmutableArray<TargetRequest> Targets, Policy Policy, BootstrapRecord Bootstrap, int ProbeSamples, int WorstSamples, int Threads, bool NoiseFloor)
{
    /// <summary>How many experiments that rules want the run measures for each target.</summary>
    public int Experiments { get; init; }

    /// <summary>The parts of a calibration sample that the model is run on, as <see cref="ITask.Regions"/> has them of a sample; null for the whole picture.</summary>
    public Func<Sample, ImmutableArray<PictureRegion>?> CalibrationRegions { get; init; } = _ => null;

    /// <summary>The suite's preprocessing with other values of some keys.</summary>
    /// <exception cref="FaultException">Values that a suite could not have.</exception>
    public Func<ImmutableSortedDictionary<string, string>, IPreprocessor>? ChangedPreprocessing { get; init; }
}
