using System.Collections.Immutable;
using System.Security.Cryptography;
using Parity.Core;

namespace Parity.Adapters.Remote;

/// <summary>The models a server has: files by content hash, and sessions by name. Thread-safe.</summary>
internal sealed class ModelRepository(IBackend backend) : IDisposable
{
    /// <summary>Clients that died do not unload: beyond this the model that was asked for longest ago goes.</summary>
    private const int MostLoaded = 32;

    private const long LargestModel = int.MaxValue;

    private readonly Lock _lock = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parity-serve-");
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);

    // Least recently used first.
    private readonly List<Entry> _models = [];

    public ImmutableArray<string> Names
    {
        get
        {
            lock (_lock)
                return [.. _models.Select(m => m.Model.Name).Order(StringComparer.Ordinal)];
        }
    }

    public bool Has(string sha256)
    {
        lock (_lock)
            return _files.ContainsKey(sha256);
    }

    public ServedModel? Find(string name)
    {
        lock (_lock)
        {
            int at = _models.FindIndex(m => m.Model.Name == name);
            if (at < 0)
                return null;
            Entry entry = _models[at];
            _models.RemoveAt(at);
            _models.Add(entry);
            return entry.Model;
        }
    }

    /// <exception cref="FaultException">The backend cannot open it.</exception>
    public void Serve(string name, string path, InputContract contract, bool knowsPreprocessing, int threads)
    {
        using FileStream file = File.OpenRead(path);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        lock (_lock)
            _files[sha256] = path;
        Add(ServedModel.Open(name, backend, new SessionRequest(path, contract, [], Optimize: true, threads, ReusesTensors: true), path, sha256, knowsPreprocessing));
    }

    /// <summary>Opens a model from bytes that follow, or from bytes of the same hash that are here.</summary>
    /// <exception cref="FaultException">The request lacks something, the bytes are not of the hash, or the backend cannot open the model.</exception>
    public async Task<ServedModel> Load(string name, Message message, Stream body, CancellationToken stop)
    {
        const string where = "load";
        string sha256 = Parameters.Text(message.Parameters, Parameters.Sha256) ?? throw new FaultException("parameter sha256 is missing", where, "Send the SHA-256 of the model's bytes.");
        if (message.Inputs is not [{ } input] || Parameters.Contract(input) is not { } contract)
            throw new FaultException("the input contract is missing", where, "Send one input with datatype, shape and the parameters layout, color, scale, mean and std.");
        if (Parameters.Whole(message.Parameters, Parameters.BinaryDataSize) is { } size)
            await Receive(sha256, size, body, stop);
        string path;
        lock (_lock)
        {
            if (!_files.TryGetValue(sha256, out path!))
                throw new FaultException($"no bytes of SHA-256 {sha256} are here", where, "Send them, with parameter binary_data_size.");
        }
        string file = Parameters.Text(message.Parameters, Parameters.File) ?? name;
        int threads = (int)Math.Clamp(Parameters.Whole(message.Parameters, Parameters.Threads) ?? 1, 1, 64);
        ImmutableArray<string> taps = [.. (message.Outputs ?? []).Where(o => o.Name.StartsWith(Frame.LayerPrefix, StringComparison.Ordinal)).Select(o => o.Name[Frame.LayerPrefix.Length..])];
        ServedModel? model = Retain(name, sha256);
        if (model is null)
        {
            model = ServedModel.Open(name, backend, new SessionRequest(path, contract, [], Parameters.Flag(message.Parameters, Parameters.Optimize) ?? true, threads, ReusesTensors: true), file, sha256, knowsPreprocessing: true);
            Add(model);
        }
        if (!taps.IsEmpty)
            await model.OpenTaps(taps, stop);
        return model;
    }

    /// <returns>Whether it is gone: others may hold it still.</returns>
    public bool Unload(string name)
    {
        Entry entry;
        lock (_lock)
        {
            int at = _models.FindIndex(m => m.Model.Name == name);
            if (at < 0)
                return true;
            entry = _models[at];
            if (--entry.Holders > 0)
                return false;
            _models.RemoveAt(at);
        }
        entry.Model.Dispose();
        return true;
    }

    public void Dispose()
    {
        foreach (Entry entry in _models)
            entry.Model.Dispose();
        _folder.Delete(recursive: true);
    }

    private ServedModel? Retain(string name, string sha256)
    {
        lock (_lock)
        {
            if (_models.FirstOrDefault(m => m.Model.Name == name) is not { } entry)
                return null;
            if (entry.Model.Sha256 != sha256)
                throw new FaultException($"'{name}' is loaded with other bytes", "load", "Unload it first, or choose another name.");
            entry.Holders++;
            return entry.Model;
        }
    }

    private void Add(ServedModel model)
    {
        Entry? oldest = null;
        lock (_lock)
        {
            if (_models.Count == MostLoaded)
            {
                oldest = _models[0];
                _models.RemoveAt(0);
            }
            _models.Add(new Entry(model));
        }
        oldest?.Model.Dispose();
    }

    private async Task Receive(string sha256, long size, Stream body, CancellationToken stop)
    {
        if (size is < 1 or > LargestModel)
            throw new FaultException($"a model of {size} bytes is not taken", "load", $"Send 1 to {LargestModel} bytes.");
        string path = Path.Combine(_folder.FullName, Path.GetRandomFileName());
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (FileStream file = File.Create(path))
        {
            var buffer = new byte[64 * 1024];
            for (long left = size; left > 0;)
            {
                int read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), stop);
                if (read == 0)
                    throw new EndOfStreamException();
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), stop);
                left -= read;
            }
        }
        string actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (actual != sha256)
        {
            File.Delete(path);
            throw new FaultException($"the bytes have SHA-256 {actual}, not {sha256}", "load", "Send the model again: it was changed on the way.");
        }
        lock (_lock)
        {
            if (!_files.TryAdd(sha256, path))
                File.Delete(path);
        }
    }

    private sealed class Entry(ServedModel model)
    {
        public ServedModel Model { get; } = model;

        public int Holders { get; set; } = 1;
    }
}
