using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Suites;

namespace Parity.Engine.Measuring;

/// <summary>What a probe feeds its models.</summary>
/// <param name="Regions">The parts of a sample's picture that are run, null for the whole one; the first stands for all, as another would cost as much and show the same layers.</param>
/// <param name="Threads">Threads within one model run.</param>
public sealed record ProbeInputs(IDataset Dataset, IPreprocessor Preprocessor, Func<Sample, ImmutableArray<PictureRegion>?> Regions, int Threads)
{
    public static ProbeInputs Of(Suite suite) => new(suite.Dataset, suite.Preprocessor, suite.Task.Regions, suite.Threads);

    public static ProbeInputs WholePictures(IDataset dataset, IPreprocessor preprocessor, int threads) => new(dataset, preprocessor, _ => null, threads);
}
