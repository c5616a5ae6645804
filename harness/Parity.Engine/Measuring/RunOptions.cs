using Parity.Core;

namespace Parity.Engine.Measuring;

/// <param name="Tool">Name and version of the program, for the record.</param>
/// <param name="Resume">Continue the journal in the folder.</param>
/// <param name="Cache">Of prepared targets; null prepares each anew.</param>
/// <param name="Command">What was typed, for the record; null when nothing was.</param>
public sealed record RunOptions(string Tool, bool Resume, TimeProvider Time, IPictureCodec Codec, PreparedCache? Cache = null, string? Command = null);
