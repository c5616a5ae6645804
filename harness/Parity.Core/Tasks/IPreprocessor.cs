namespace Parity.Core;

/// <summary>From a picture to a model's input: geometry by the suite, number format by the session's contract.</summary>
public interface IPreprocessor
{
    /// <summary>What the suite says the float model wants; sessions may declare another.</summary>
    InputContract Contract { get; }

    /// <summary>One picture as a batch of one.</summary>
    PreparedInput Prepare(Picture picture, InputContract contract);
}
