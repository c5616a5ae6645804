using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.Remote;

/// <summary>One model at the server: a session without taps, and one with the taps asked for last. One request runs at a time.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly IBackend _backend;
    private readonly SessionRequest _request;
    private readonly string _file;
    private readonly ISession _session;
    private readonly Tensor _input;
    private (ImmutableArray<string> Taps, ISession Session)? _tapped;
    private bool _gone;

    private ServedModel(string name, IBackend backend, SessionRequest request, string file, string sha256, ISession session, ModelMetadata metadata)
    {
        (Name, _backend, _request, _file, Sha256, _session, Metadata) = (name, backend, request, file, sha256, session, metadata);
        _input = Tensor.Allocate(session.Input.Type, [.. Parameters.Shape(session.Input).Select(d => (int)d)]);
    }

    public string Name { get; }

    public string Sha256 { get; }

    public ModelMetadata Metadata { get; }

    /// <param name="file">What the model's owner calls it: faults name this, not a path of this machine.</param>
    public static ServedModel Open(string name, IBackend backend, SessionRequest request, string file, string sha256, bool knowsPreprocessing)
    {
        ISession session = Named(file, request.ModelPath, () => backend.Open(request));
        var parameters = new Dictionary<string, JsonElement> { [Parameters.Sha256] = Parameters.Value(sha256) };
        Parameters.Add(parameters, session.Arithmetic);
        string input = OnnxModel.Load(request.ModelPath).Graph.Inputs[0].Name;
        var metadata = new ModelMetadata(name, [Parameters.Of(input, session.Input, knowsPreprocessing)],
            [.. session.Outputs.Select(o => new TensorHeader(o.Name, Datatypes.Name(o.Type), [.. o.Shape.Select(d => (long)d)]))], ["1"], "onnx_onnxv1", parameters);
        return new ServedModel(name, backend, request, file, sha256, session, metadata);
    }

    /// <exception cref="FaultException">A tap names no tensor.</exception>
    public async Task OpenTaps(ImmutableArray<string> taps, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            SessionWith(taps);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Reads the tensor that follows the header, runs it, and hands the answer to <paramref name="answer"/> before the next may run.</summary>
    public async Task Infer(Message message, Stream body, Func<Frame, Task> answer, CancellationToken stop)
    {
        Check(message);
        await _turn.WaitAsync(stop);
        try
        {
            string[] names = message.Outputs is { Length: > 0 } asked ? [.. asked.Select(o => o.Name)] : [.. _session.Outputs.Select(o => o.Name)];
            ImmutableArray<string> taps = [.. names.Where(IsLayer).Select(n => n[Frame.LayerPrefix.Length..])];
            ISession session = taps.IsEmpty ? Alive(_session) : SessionWith(taps);
            await body.ReadExactlyAsync(Frame.Bytes(_input), stop);
            IReadOnlyDictionary<string, Tensor> results = Named(_file, _request.ModelPath, () => session.Run(_input));
            // The wire knows no codes: a tap before a Q travels as the real values it stands for.
            Tensor[] tensors = [.. names.Select(n => results[IsLayer(n) ? n[Frame.LayerPrefix.Length..] : n]).Select(t => t.Dequantization is null ? t : t.ToFloat32())];
            TensorHeader[] headers = [.. names.Zip(tensors, (name, t) => new TensorHeader(name, Datatypes.Name(t.Type), [.. t.Shape.Select(d => (long)d)],
                new() { [Parameters.BinaryDataSize] = Parameters.Value((long)t.Bytes().Length) }))];
            await answer(Frame.Of(new Message(Name, message.Id, null, null, headers), [.. tensors.Select(t => (ReadOnlyMemory<byte>)Frame.Bytes(t))]));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits for the request that runs.</summary>
    public void Dispose()
    {
        _turn.Wait();
        _gone = true;
        _tapped?.Session.Dispose();
        _session.Dispose();
        _turn.Release();
    }

    private ISession SessionWith(ImmutableArray<string> taps)
    {
        if (_tapped is { } open && open.Taps.SequenceEqual(taps))
            return Alive(open.Session);
        ISession session = Named(_file, _request.ModelPath, () => Alive(_backend).Open(_request with { Taps = taps }));
        _tapped?.Session.Dispose();
        _tapped = (taps, session);
        return session;
    }

    private void Check(Message message)
    {
        string where = $"infer {Name}";
        TensorHeader expected = Metadata.Inputs[0];
        if (message.Inputs is not [{ } input] || input.Name != expected.Name)
            throw new FaultException($"the inputs are {string.Join(", ", (message.Inputs ?? []).Select(i => $"'{i.Name}'"))}", where, $"Send '{expected.Name}' and nothing else.");
        if (input.Datatype != expected.Datatype || !(input.Shape ?? []).SequenceEqual(expected.Shape!))
            throw new FaultException($"input '{input.Name}' is {input.Datatype} [{string.Join(',', input.Shape ?? [])}]", where, $"Send {expected.Datatype} [{string.Join(',', expected.Shape!)}].");
        if (Parameters.Whole(input.Parameters, Parameters.BinaryDataSize) != _input.Bytes().Length)
            throw new FaultException($"input '{input.Name}' does not come as {_input.Bytes().Length} bytes", where, "Send it as bytes (parameter binary_data_size).");
        var outputs = _session.Outputs.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        foreach (TensorHeader output in message.Outputs ?? [])
        {
            if (!outputs.Contains(output.Name) && !IsLayer(output.Name))
                throw new FaultException($"there is no output '{output.Name}'", where, $"Outputs: {string.Join(", ", outputs)}; inner tensors are asked for as {Frame.LayerPrefix}NAME.");
        }
    }

    private static bool IsLayer(string name) => name.StartsWith(Frame.LayerPrefix, StringComparison.Ordinal);

    private T Alive<T>(T value) => _gone
        ? throw new FaultException($"model '{Name}' was unloaded", $"infer {Name}", "Load it again.")
        : value;

    private static T Named<T>(string file, string path, Func<T> body)
    {
        try
        {
            return body();
        }
        catch (FaultException e)
        {
            throw new FaultException([.. e.Faults.Select(f => f with { Where = f.Where.Replace(path, file, StringComparison.Ordinal) })]);
        }
    }
}
