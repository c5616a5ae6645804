using Parity.Core;

namespace Parity.Adapters.Replay.Formats;

/// <summary>One way in which tools write tensors down.</summary>
internal interface IRecordingFormat
{
    /// <summary>Null where the path is not of this format.</summary>
    /// <param name="runner">Which of several recordings in one file; null for the only one.</param>
    /// <exception cref="FaultException">It is of this format, and damaged.</exception>
    Recording? Read(string path, string? runner);
}
