using Parity.Core;

namespace Parity.Engine.Measuring;

/// <summary>Two models to compare layer by layer, without a suite.</summary>
/// <param name="Name">Of the target in the record and on the pages.</param>
/// <param name="TargetPath">The quantized model's file; null for a recording, which is <paramref name="TargetBackend"/> itself.</param>
/// <param name="Description">What was asked for, for people; kept in the run folder.</param>
/// <param name="Samples">How many of the dataset's pictures to compare on.</param>
public sealed record ComparisonRequest(
    string Name, string ReferencePath, string? TargetPath, string Description, IBackend ReferenceBackend, IBackend TargetBackend,
    IDataset Dataset, IPreprocessor Preprocessor, int Threads)
{
    /// <summary>Pictures on which pairs of tensors are held against each other before anything is measured.</summary>
    public const int CheckedSamples = 3;
}
