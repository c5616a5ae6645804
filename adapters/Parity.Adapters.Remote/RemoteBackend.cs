using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.Remote;

/// <summary>
/// A server of KServe v2 with binary tensors: a board's agent, Triton, `parity serve-model` in another process. A server that advertises
/// <c>parity.model_load</c> is given the model; on any other the address names one that is there.
/// </summary>
public sealed class RemoteBackend(RemoteAddress? address = null) : IBackend
{
    public const string BinaryTensors = "binary_tensor_data";
    public const string ModelLoad = "parity.model_load";
    public const string LayerDump = "parity.layer_dump";

    private readonly string? _text;

    private RemoteBackend(string text) : this(RemoteAddress.Parse(text)) => _text = text;

    public string Name => _text is null ? "remote" : $"remote:{_text}";

    public Availability Availability
    {
        get
        {
            if (address is null)
                return Availability.NotRun("it needs the address of a server", "Write backend: remote:http://127.0.0.1:8000; `parity serve-model MODEL.onnx` starts a server.");
            try
            {
                using var server = new ServerConnection(address);
                Liveness health = server.Get("v2/health/ready", Json.Default.Liveness, address.ConnectSeconds);
                return health.Ready == false
                    ? Availability.NotRun($"the server at {address.Server} says that it is not ready", "Wait until it has started, and see its own log.")
                    : Availability.Ready;
            }
            catch (FaultException e)
            {
                return Availability.NotRun($"{e.Faults[0].Where}: {e.Faults[0].What}", e.Faults[0].Remedy);
            }
        }
    }

    public IBackend At(string text) => new RemoteBackend(text);

    /// <exception cref="FaultException">No server, one that lacks what is needed, another model than asked for, a contract that does not fit, or what the far side says of the model.</exception>
    public ISession Open(SessionRequest request)
    {
        if (address is null)
            throw new FaultException(Availability.Reason!, Name, Availability.Remedy!);
        var server = new ServerConnection(address);
        try
        {
            ServerMetadata metadata = server.Get("v2", Json.Default.ServerMetadata, address.ConnectSeconds);
            Require(metadata, BinaryTensors, server, "Use a server that speaks KServe v2 with the binary tensor extension.");
            if (!request.Taps.IsEmpty)
                Require(metadata, LayerDump, server, "Set probe-samples to 0, or use a server that returns inner tensors.");
            byte[] model = Bytes(request.ModelPath);
            string sha256 = Convert.ToHexStringLower(SHA256.HashData(model));
            if (address.Model is null)
                Require(metadata, ModelLoad, server, $"Name a model that is there: remote:{address.Server}v2/models/NAME.");
            string name = address.Model ?? Path.GetFileNameWithoutExtension(request.ModelPath) + "-" + sha256[..16];
            ModelMetadata there = address.Model is not null
                ? server.Get($"v2/models/{Uri.EscapeDataString(name)}", Json.Default.ModelMetadata, address.LoadSeconds)
                : Load(server, name = Key(request, sha256), request, model, sha256);
            return Session(server, metadata, there, name, request, sha256);
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    private RemoteSession Session(ServerConnection server, ServerMetadata metadata, ModelMetadata there, string name, SessionRequest request, string sha256)
    {
        string where = server.Where($"v2/models/{name}");
        var faults = new FaultList();
        string? hash = Parameters.Text(there.Parameters, Parameters.Sha256);
        if (there.Name != name)
            faults.Add($"the server describes model '{ServerConnection.Quote(there.Name)}' when asked for '{name}'", where, "See what the server has loaded.");
        if (hash is not null && hash != sha256 || hash is null && address!.Model is null)
            faults.Add($"the server has another model: its SHA-256 is {ServerConnection.Quote(hash ?? "not told")}, that of {request.ModelPath} is {sha256}", where, "Serve the file that is measured here.");
        if (there.Inputs is not [{ } input])
            throw new FaultException($"the model has {there.Inputs.Length} inputs, the suite prepares one", where, "Serve a model with one picture as its only input.");
        InputContract contract = Parameters.Contract(input) ?? request.Contract;
        if (Datatypes.Read(input.Datatype) != contract.Type || !Fits(input.Shape, Parameters.Shape(contract)))
        {
            faults.Add($"input '{input.Name}' is {input.Datatype} [{string.Join(',', input.Shape ?? [])}], the suite prepares {Datatypes.Name(contract.Type)} [{string.Join(',', Parameters.Shape(contract))}]", where,
                "Set the suite's 'preprocessing' to what the served model takes, or serve another.");
        }
        ImmutableArray<TensorPort> outputs = Ports(there.Outputs, where, faults);
        faults.ThrowIfAny();
        string unverified = hash is null ? "; the server does not tell the model's hash, so it is taken to be the right one" : "";
        Arithmetic arithmetic = Parameters.ReadArithmetic(there.Parameters)
            ?? new Arithmetic("device", $"{there.Platform ?? "a model"} on {metadata.Name} {metadata.Version}, which does not say its arithmetic{unverified}", null);
        var session = new RemoteSession(server, address!, there.Name, input.Name, contract, outputs, request.Taps, arithmetic, request.ReusesTensors, unload: address!.Model is null);
        if (address.Model is not null && !request.Taps.IsEmpty)
            session.Run(Blank(contract));
        return session;
    }

    /// <summary>First by hash alone: a server that has the bytes already is spared them.</summary>
    private ModelMetadata Load(ServerConnection server, string name, SessionRequest request, byte[] model, string sha256)
    {
        string path = $"v2/repository/models/{Uri.EscapeDataString(name)}/load";
        var parameters = new Dictionary<string, JsonElement>
        {
            [Parameters.Sha256] = Parameters.Value(sha256),
            [Parameters.File] = Parameters.Value(Path.GetFileName(request.ModelPath)),
            [Parameters.Optimize] = Parameters.Value(request.Optimize),
            [Parameters.Threads] = Parameters.Value((long)request.Threads),
        };
        var message = new Message(null, null, parameters, [Parameters.Of("", request.Contract, complete: true)], [.. request.Taps.Select(t => new TensorHeader(Frame.LayerPrefix + t))]);
        if (server.Get("v2/repository/index/" + sha256, Json.Default.Liveness, address!.ConnectSeconds).Ready == true)
            return server.Post(path, Frame.Of(message), Json.Default.ModelMetadata, address.LoadSeconds);
        parameters[Parameters.BinaryDataSize] = Parameters.Value(model.LongLength);
        return server.Post(path, Frame.Of(message, model), Json.Default.ModelMetadata, address.LoadSeconds);
    }

    /// <summary>Equal requests get equal names, different ones different: two targets of one suite do not take each other's session.</summary>
    private static string Key(SessionRequest request, string sha256)
    {
        InputContract c = request.Contract;
        string text = FormattableString.Invariant(
            $"{sha256} {request.Optimize} {request.Threads} {c.Type} {c.Layout} {c.Color} {c.Width}x{c.Height} {c.Scale:R} {string.Join(' ', c.Mean.Concat(c.Std).Select(v => BitConverter.DoubleToInt64Bits(v)))}");
        return "parity-" + Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))[..24];
    }

    /// <summary>The file, or one whole model where its data is in files beside it.</summary>
    private static byte[] Bytes(string path)
    {
        if (!File.Exists(path))
            throw new FaultException("there is no such file", path, "Check the path.");
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            OnnxModel.Parse(bytes, path);
            return bytes;
        }
        catch (FaultException)
        {
            return OnnxModel.Load(path).ToBytes();
        }
    }

    private static ImmutableArray<TensorPort> Ports(TensorHeader[] outputs, string where, FaultList faults)
    {
        var ports = ImmutableArray.CreateBuilder<TensorPort>();
        foreach (TensorHeader output in outputs)
        {
            if (Datatypes.Read(output.Datatype) is not { } type || output.Shape is not { } shape || shape.Any(d => d is < -1 or > int.MaxValue))
                faults.Add($"output '{ServerConnection.Quote(output.Name)}' is {ServerConnection.Quote(output.Datatype ?? "of no type")} [{string.Join(',', output.Shape ?? [])}], which is not read", where, "Serve a model with outputs of float, integer or bool tensors.");
            else if (ports.Any(p => p.Name == output.Name))
                faults.Add($"two outputs are called '{ServerConnection.Quote(output.Name)}'", where, "See the server's own log: a model's outputs have different names.");
            else
                ports.Add(new TensorPort(output.Name, type, [.. shape.Select(d => (int)d)]));
        }
        if (outputs.Length == 0)
            faults.Add("the model has no outputs", where, "Serve a model with outputs.");
        return ports.ToImmutable();
    }

    private static bool Fits(long[]? declared, long[] prepared) =>
        declared is not null && declared.Length == prepared.Length && declared.Zip(prepared).All(d => d.First == -1 || d.First == d.Second);

    private static Tensor Blank(InputContract contract)
    {
        Tensor picture = Tensor.Allocate(contract.Type, [.. Parameters.Shape(contract).Select(d => (int)d)]);
        Tensor.Fill(picture).Clear();
        return picture;
    }

    private static void Require(ServerMetadata metadata, string extension, ServerConnection server, string remedy)
    {
        if (metadata.Extensions?.Contains(extension) != true)
            throw new FaultException($"the server '{ServerConnection.Quote(metadata.Name)}' does not have the extension {extension}", server.Where("v2"), remedy);
    }
}
