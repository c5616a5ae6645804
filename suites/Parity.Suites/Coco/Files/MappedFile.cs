using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using Parity.Core;

namespace Parity.Suites.Coco;

/// <summary>A file's bytes in memory as the system pages them in: files over 2 GB too, and no copy.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <exception cref="FaultException">The file is missing, unreadable or empty.</exception>
    public MappedFile(string path)
    {
        Path = path;
        try
        {
            // The length of what is open: of a link, FileInfo would give the link's own.
            SafeFileHandle handle = File.OpenHandle(path);
            Length = RandomAccess.GetLength(handle);
            if (Length == 0)
            {
                handle.Dispose();
                throw new FaultException("the file is empty", path, "Fetch the file again, or correct what wrote it.");
            }
            _file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException($"the file cannot be read: {e.Message.TrimEnd('.')}", path, "Correct the path.");
        }
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Start = start + _view.PointerOffset;
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    public byte* Start { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>A scanner of the bytes from an offset on.</summary>
    public JsonScanner ScanFrom(long offset) => new(Start, offset, Length);

    /// <summary>Turns the place of a malformed byte into a line and column.</summary>
    public FaultException Malformed(MalformedJsonException e)
    {
        long line = 1, column = 1;
        for (long i = 0; i < e.Offset && i < Length; i++)
            (line, column) = Start[i] == (byte)'\n' ? (line + 1, 1) : (line, column + 1);
        return new FaultException($"the file is not valid JSON: {e.Message}", $"{Path}:{line}:{column}", "Fetch the file again, or correct what wrote it.");
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
