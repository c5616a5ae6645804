using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;

namespace Parity.Engine.Measuring;

/// <summary>
/// Finished samples, one JSON line each, on disk before the next begins: after Ctrl-C or kill -9 a resumed run repeats none.
/// The first line is the key of everything the results depend on; a journal with another key is not continued.
/// </summary>
public sealed class Journal : IDisposable
{
    private readonly FileStream _file;
    private readonly ITask _task;

    private Journal(FileStream file, ITask task, ImmutableArray<SampleResult> finished)
    {
        _file = file;
        _task = task;
        Finished = finished;
    }

    /// <summary>Results an earlier run left, in the order they were finished.</summary>
    public ImmutableArray<SampleResult> Finished { get; }

    /// <summary>Starts a journal, or continues the one there when <paramref name="resume"/>.</summary>
    /// <exception cref="FaultException">The journal to continue is of other inputs.</exception>
    public static Journal Open(string path, string key, ITask task, bool resume)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var file = new FileStream(path, resume ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            if (file.Length == 0)
            {
                WriteLine(file, writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("key", key);
                    writer.WriteEndObject();
                });
                return new Journal(file, task, []);
            }
            return Continue(file, path, key, task);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Append(SampleResult result) => WriteLine(_file, writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("sample", result.Index);
        if (result.Fault is { } fault)
        {
            writer.WriteString("what", fault.What);
            writer.WriteString("where", fault.Where);
            writer.WriteString("remedy", fault.Remedy);
        }
        else
        {
            writer.WriteStartArray("equal");
            foreach (bool equal in result.EqualsReference)
                writer.WriteBooleanValue(equal);
            writer.WriteEndArray();
            writer.WriteStartArray("predictions");
            foreach (Prediction prediction in result.Predictions)
                _task.Write(writer, prediction);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    });

    public void Dispose() => _file.Dispose();

    private static Journal Continue(FileStream file, string path, string key, ITask task)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var finished = ImmutableArray.CreateBuilder<SampleResult>();
        int position = 0;
        bool first = true;
        // A killed run may leave half a line: it is cut off and its sample measured again.
        while (Array.IndexOf(bytes, (byte)'\n', position) is var end && end >= 0)
        {
            using JsonDocument line = Parse(bytes.AsMemory(position, end - position), path);
            if (first)
            {
                if (!line.RootElement.TryGetProperty("key", out JsonElement found) || found.GetString() != key)
                    throw new FaultException("the journal is of another suite, model, dataset or version", path, "Run without --resume to start again, or give another --out.");
            }
            else
            {
                finished.Add(Read(line.RootElement, task));
            }
            first = false;
            position = end + 1;
        }

        if (first)
            throw new FaultException("the journal has no whole first line", path, "Run without --resume to start again.");
        file.SetLength(position);
        file.Seek(position, SeekOrigin.Begin);
        return new Journal(file, task, finished.ToImmutable());
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> line, string path)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            throw new FaultException($"a line is not JSON: {e.Message}", path, "Run without --resume to start again.");
        }
    }

    private static SampleResult Read(JsonElement line, ITask task)
    {
        int index = line.GetProperty("sample").GetInt32();
        if (line.TryGetProperty("what", out JsonElement what))
            return new SampleResult(index, [], [], new Fault(what.GetString()!, line.GetProperty("where").GetString()!, line.GetProperty("remedy").GetString()!));
        return new SampleResult(index,
            [.. line.GetProperty("predictions").EnumerateArray().Select(task.Read)],
            [.. line.GetProperty("equal").EnumerateArray().Select(e => e.GetBoolean())], null);
    }

    private static void WriteLine(FileStream file, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using (var writer = new Utf8JsonWriter(buffer))
            write(writer);
        buffer.Write("\n"u8);
        file.Write(buffer.WrittenSpan);
        file.Flush();
    }
}
