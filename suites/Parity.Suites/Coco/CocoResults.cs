using Parity.Core;

namespace Parity.Suites.Coco;

/// <summary>A results file, read and checked by itself. The file stays open: masks are read from it when they are compared.</summary>
public sealed class CocoResults : IDisposable
{
    private CocoResults(MappedFile file, ResultColumns columns) => (File, Columns) = (file, columns);

    internal MappedFile File { get; }

    internal ResultColumns Columns { get; }

    /// <summary>Number of detections.</summary>
    public int Count => Columns.Count;

    /// <param name="keypoints">Keypoints that each entry must have, where keypoints are compared.</param>
    /// <exception cref="FaultException">Missing, malformed, or with missing or wrong fields.</exception>
    public static CocoResults Open(string path, CocoShape shape, int keypoints, int threads = 1)
    {
        var file = new MappedFile(path);
        try
        {
            return new CocoResults(file, ResultsReader.Read(file, shape, keypoints, threads));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => File.Dispose();
}
