using System.IO.Compression;
using Parity.Core;

namespace Parity.Adapters.Replay.Formats;

/// <summary>NumPy's archives (numpy.savez: a ZIP file of .npy files, each named after its tensor): one is a sample, a folder of them several; a folder of .npy files is one sample.</summary>
internal sealed class NumpyFiles : IRecordingFormat
{
    public Recording? Read(string path, string? runner)
    {
        if (File.Exists(path))
            return Path.GetExtension(path) == ".npz" ? new Recording(path, "npz", [Archive(path)]) : null;
        string[] archives = [.. Directory.GetFiles(path, "*.npz").Order(StringComparer.Ordinal)];
        if (archives.Length > 0)
            return new Recording(path, "npz", [.. archives.Select(Archive)]);
        return Directory.GetFiles(path, "*.npy").Length > 0
            ? new Recording(path, "npy", [new RecordedSample(Path.GetFileName(Path.TrimEndingDirectorySeparator(path)), () => Folder(path))])
            : null;
    }

    /// <summary>Every .npy of the folder, by its file's name.</summary>
    internal static Dictionary<string, Tensor> Folder(string path) =>
        Directory.GetFiles(path, "*.npy").Order(StringComparer.Ordinal).ToDictionary(f => Path.GetFileNameWithoutExtension(f), f => NpyArray.Read(File.ReadAllBytes(f), f), StringComparer.Ordinal);

    private static RecordedSample Archive(string path) => new(Path.GetFileNameWithoutExtension(path), () =>
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            foreach (ZipArchiveEntry entry in archive.Entries.Where(e => e.FullName.EndsWith(".npy", StringComparison.Ordinal)))
            {
                using var bytes = new MemoryStream();
                using (Stream stream = entry.Open())
                    stream.CopyTo(bytes);
                tensors[entry.FullName[..^4]] = NpyArray.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), $"{path}, {entry.FullName}");
            }
        }
        catch (InvalidDataException e)
        {
            throw new FaultException($"no whole .npz archive: {e.Message.TrimEnd('.')}", path, "Record it again, or copy it again.");
        }
        return tensors;
    });
}
