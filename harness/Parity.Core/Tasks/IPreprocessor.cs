using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>From a picture to a model's input: geometry by the suite, number format by the session's contract.</summary>
public interface IPreprocessor
{
    /// <summary>What the suite says the float model wants; sessions may declare another.</summary>
    InputContract Contract { get; }

    /// <summary>One picture, or a region of it, as a batch of one.</summary>
    /// <param name="region">Null is the whole picture.</param>
    PreparedInput Prepare(Picture picture, InputContract contract, PictureRegion? region = null);

    /// <summary>What a sample is run on: one input for each region, or the whole picture once where there are none to choose.</summary>
    ImmutableArray<PreparedInput> PrepareAll(Picture picture, ImmutableArray<PictureRegion>? regions, InputContract contract) =>
        regions is { } chosen ? [.. chosen.Select(r => Prepare(picture, contract, r))] : [Prepare(picture, contract)];
}
