using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Parity.Core;

namespace Parity.Adapters.Remote;

/// <summary>A model at a server. The input goes out and the outputs come in without copies beside the sockets'; what comes in is believed only as far as it fits what was promised.</summary>
public sealed class RemoteSession : ISession
{
    private readonly ServerConnection _server;
    private readonly RemoteAddress _address;
    private readonly string _model;
    private readonly string _path;
    private readonly string _inputName;
    private readonly bool _reuses;
    private readonly bool _unload;
    private readonly TensorHeader[] _asked;

    // By the name on the wire.
    private readonly ImmutableDictionary<string, TensorPort?> _expected;
    private readonly Dictionary<string, Tensor> _last = new(StringComparer.Ordinal);

    /// <param name="unload">Whether this session loaded the model.</param>
    internal RemoteSession(
        ServerConnection server, RemoteAddress address, string model, string inputName, InputContract input, ImmutableArray<TensorPort> outputs, ImmutableArray<string> taps,
        Arithmetic arithmetic, bool reuses, bool unload)
    {
        _server = server;
        _address = address;
        _model = model;
        _path = $"v2/models/{Uri.EscapeDataString(model)}/infer";
        _inputName = inputName;
        _reuses = reuses;
        _unload = unload;
        // A tap of an output is the output, as in a session here.
        var names = outputs.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        string[] layers = [.. taps.Where(t => !names.Contains(t)).Distinct(StringComparer.Ordinal).Select(t => Frame.LayerPrefix + t)];
        _asked = [.. outputs.Select(o => o.Name).Concat(layers).Select(n => new TensorHeader(n))];
        _expected = outputs.Select(o => KeyValuePair.Create(o.Name, (TensorPort?)o)).Concat(layers.Select(l => KeyValuePair.Create(l, (TensorPort?)null))).ToImmutableDictionary(StringComparer.Ordinal);
        Input = input;
        Outputs = outputs;
        Arithmetic = arithmetic;
    }

    public InputContract Input { get; }

    public ImmutableArray<TensorPort> Outputs { get; }

    public Arithmetic Arithmetic { get; }

    /// <exception cref="FaultException">No answer in time, an error, or an answer that is not what was asked for.</exception>
    public IReadOnlyDictionary<string, Tensor> Run(Tensor input)
    {
        ReadOnlyMemory<byte> bytes = Frame.Bytes(input);
        var header = new TensorHeader(_inputName, Datatypes.Name(input.Type), [.. input.Shape.Select(d => (long)d)], new() { [Parameters.BinaryDataSize] = Parameters.Value((long)bytes.Length) });
        var request = new Message(null, null, new() { [Parameters.BinaryDataOutput] = Parameters.Value(true) }, [header], _asked);
        return _server.Post(_path, Frame.Of(request, bytes), _address.InferSeconds, Read);
    }

    public void Dispose()
    {
        try
        {
            if (_unload)
                _server.Post($"v2/repository/models/{Uri.EscapeDataString(_model)}/unload", null, Json.Default.Liveness, _address.ConnectSeconds);
        }
        catch (FaultException)
        {
            // Gone with its models: nothing is left to unload.
        }
        _server.Dispose();
    }

    private async Task<IReadOnlyDictionary<string, Tensor>> Read(HttpResponseMessage answer, CancellationToken stop)
    {
        if (answer.Content.Headers.ContentLength is not { } total)
            throw Lie("it does not say its length");
        if (!long.TryParse(Find(answer, Frame.HeaderLength), NumberStyles.None, CultureInfo.InvariantCulture, out long headerBytes))
            throw Lie($"it has no {Frame.HeaderLength}, so its values are not bytes but JSON");
        if (headerBytes is < 1 or > Frame.LongestHeader || headerBytes > total)
            throw Lie($"its header is said to have {headerBytes} bytes, the whole answer {total}");
        using Stream stream = await answer.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        var json = new byte[headerBytes];
        await stream.ReadExactlyAsync(json, stop).ConfigureAwait(false);
        Message message = JsonSerializer.Deserialize(json, Json.Default.Message) ?? throw new JsonException("the header is null");
        (string Name, Tensor Tensor)[] outputs = Allocate(message, total - headerBytes);
        foreach ((_, Tensor tensor) in outputs)
            await stream.ReadExactlyAsync(Frame.Bytes(tensor), stop).ConfigureAwait(false);
        return outputs.ToDictionary(o => o.Name.StartsWith(Frame.LayerPrefix, StringComparison.Ordinal) && _expected[o.Name] is null ? o.Name[Frame.LayerPrefix.Length..] : o.Name, o => o.Tensor, StringComparer.Ordinal);
    }

    /// <summary>Tensors for what the header promises, after every promise was held against what was asked for: a lie must not cost memory either.</summary>
    private (string Name, Tensor Tensor)[] Allocate(Message message, long bytes)
    {
        if (message.ModelName != _model)
            throw Lie($"it is of model '{message.ModelName}'");
        var shapes = new List<(string Name, ElementType Type, int[] Shape)>();
        long promised = 0;
        foreach (TensorHeader output in message.Outputs ?? [])
        {
            string name = $"output '{ServerConnection.Quote(output.Name)}'";
            if (!_expected.TryGetValue(output.Name, out TensorPort? port))
                throw Lie($"{name} was not asked for");
            if (shapes.Any(s => s.Name == output.Name))
                throw Lie($"{name} comes twice");
            if (Datatypes.Read(output.Datatype) is not { } type || port is not null && type != port.Type)
                throw Lie($"{name} is {output.Datatype ?? "of no type"}{(port is null ? "" : $", the model's is {Datatypes.Name(port.Type)}")}");
            if (output.Shape is not { } shape || shape.Any(d => d is < 0 or > int.MaxValue) || port is { Shape.IsEmpty: false } && !Fits(port.Shape, shape))
                throw Lie($"{name} has shape [{string.Join(',', output.Shape ?? [])}]{(port is null ? "" : $", the model's is {port}")}");
            if (output.Data is not null || Parameters.Whole(output.Parameters, Parameters.BinaryDataSize) is not { } size)
                throw Lie($"{name} does not come as bytes");
            System.Numerics.BigInteger expected = shape.Aggregate(new System.Numerics.BigInteger(Tensor.SizeOf(type)), (product, d) => product * d);
            if (size != expected)
                throw Lie($"{name} of {expected} bytes by its type and shape is sent as {size}");
            promised += size;
            shapes.Add((output.Name, type, [.. shape.Select(d => (int)d)]));
        }
        if (_expected.Keys.Except(shapes.Select(s => s.Name)).Order(StringComparer.Ordinal).FirstOrDefault() is { } missing)
            throw Lie($"output '{missing}' is missing");
        if (promised != bytes)
            throw Lie($"{promised} bytes of tensors are promised and {bytes} sent");
        return [.. shapes.Select(s => (s.Name, Place(s.Name, s.Type, s.Shape)))];
    }

    private Tensor Place(string name, ElementType type, int[] shape)
    {
        if (_reuses && _last.TryGetValue(name, out Tensor? last) && last.Type == type && last.Shape.AsSpan().SequenceEqual(shape))
            return last;
        Tensor tensor = Tensor.Allocate(type, shape);
        if (_reuses)
            _last[name] = tensor;
        return tensor;
    }

    private static bool Fits(ImmutableArray<int> declared, long[] shape) =>
        declared.Length == shape.Length && declared.Zip(shape).All(d => d.First < 0 || d.First == d.Second);

    private static string? Find(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) || answer.Content.Headers.TryGetValues(name, out values) ? values.FirstOrDefault() : null;

    private FaultException Lie(string what) => new($"the server's answer is not what was asked for: {what}", _server.Where(_path), "The server is wrong or of another version: see its own log, and update it.");
}
