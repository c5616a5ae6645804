using System.Collections.Immutable;

namespace Parity.Reports;

/// <param name="Path">Name within the report's folder, which lies in the run folder: pictures are reached as <c>../</c> and their path.</param>
public sealed record ReportFile(string Path, ImmutableArray<byte> Bytes);
