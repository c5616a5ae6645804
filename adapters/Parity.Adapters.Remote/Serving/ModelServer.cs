using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Parity.Core;

namespace Parity.Adapters.Remote;

/// <summary>
/// Serves sessions of a local backend by KServe v2 over HTTP with binary tensors. No authentication and no encryption: who reaches the port may load and
/// run models, so it listens on loopback unless told otherwise.
/// </summary>
public sealed class ModelServer : IAsyncDisposable
{
    private const string NothingThere = "Ask for v2, v2/health/ready, v2/models/NAME, v2/models/NAME/infer or v2/repository/models/NAME/load.";

    private readonly WebApplication _app;
    private readonly ModelRepository _models;
    private readonly string _version;

    private ModelServer(WebApplication app, ModelRepository models, string version) => (_app, _models, _version) = (app, models, version);

    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="port">0 takes a free one.</param>
    /// <exception cref="FaultException">The port cannot be listened on.</exception>
    public static async Task<ModelServer> Start(IBackend backend, IPAddress host, int port, string version)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.AddServerHeader = false;
            kestrel.Listen(host, port);
        });
        WebApplication app = builder.Build();
        var server = new ModelServer(app, new ModelRepository(backend), version);
        app.Run(server.Handle);
        try
        {
            await app.StartAsync();
        }
        catch (IOException e)
        {
            await server.DisposeAsync();
            throw new FaultException($"cannot listen on {new IPEndPoint(host, port)}: {e.Message}", "--port", "Choose another port, or 0 for a free one.");
        }
        return server;
    }

    /// <summary>Has a model ready under a name before anyone asks.</summary>
    /// <param name="knowsPreprocessing">Whether colour and normalisation of the contract are the model's, not guessed.</param>
    /// <exception cref="FaultException">The backend cannot open it.</exception>
    public void Serve(string name, string modelPath, InputContract contract, bool knowsPreprocessing, int threads) =>
        _models.Serve(name, modelPath, contract, knowsPreprocessing, threads);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _models.Dispose();
    }

    private async Task Handle(HttpContext http)
    {
        try
        {
            await Route(http);
        }
        catch (FaultException e) when (!http.Response.HasStarted)
        {
            await Answer(http, new ErrorBody(e.Message, [.. e.Faults.Select(f => new FaultBody(f.What, f.Where, f.Remedy))]), Json.Default.ErrorBody, StatusCodes.Status400BadRequest);
        }
        catch (JsonException e) when (!http.Response.HasStarted)
        {
            await Answer(http, new ErrorBody($"the request is not the JSON of KServe v2: {e.Message}"), Json.Default.ErrorBody, StatusCodes.Status400BadRequest);
        }
        catch (EndOfStreamException) when (!http.Response.HasStarted)
        {
            await Answer(http, new ErrorBody("the request is shorter than it says"), Json.Default.ErrorBody, StatusCodes.Status400BadRequest);
        }
    }

    private Task Route(HttpContext http)
    {
        string[] path = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path is ["v2", "models", _, "versions", "1", ..])
            path = [.. path[..3], .. path[5..]];
        bool get = HttpMethods.IsGet(http.Request.Method), post = HttpMethods.IsPost(http.Request.Method);
        return path switch
        {
            ["v2"] when get => Answer(http, new ServerMetadata("parity", _version, [RemoteBackend.BinaryTensors, RemoteBackend.ModelLoad, RemoteBackend.LayerDump]), Json.Default.ServerMetadata),
            ["v2", "health", "live"] when get => Answer(http, new Liveness(true, null), Json.Default.Liveness),
            ["v2", "health", "ready"] when get => Answer(http, new Liveness(null, true), Json.Default.Liveness),
            ["v2", "models", var name] when get => WithModel(name, model => Answer(http, model.Metadata, Json.Default.ModelMetadata)),
            ["v2", "models", var name, "ready"] when get => WithModel(name, _ => Answer(http, new Liveness(null, true, name), Json.Default.Liveness)),
            ["v2", "models", var name, "infer"] when post => WithModel(name, model => Infer(http, model)),
            ["v2", "repository", "index"] when post => Answer(http, [.. _models.Names.Select(n => new IndexEntry(n, "READY"))], Json.Default.IndexEntryArray),
            ["v2", "repository", "index", var sha256] when get => Answer(http, new Liveness(null, _models.Has(sha256)), Json.Default.Liveness),
            ["v2", "repository", "models", var name, "load"] when post => Load(http, name),
            ["v2", "repository", "models", var name, "unload"] when post => Answer(http, new Liveness(null, !_models.Unload(name), name), Json.Default.Liveness),
            _ => Answer(http, new ErrorBody($"there is nothing at {http.Request.Method} {http.Request.Path}. {NothingThere}"), Json.Default.ErrorBody, StatusCodes.Status404NotFound),
        };

        Task WithModel(string name, Func<ServedModel, Task> answer) => _models.Find(name) is { } model
            ? answer(model)
            : Answer(http, new ErrorBody($"no model '{name}' is loaded"), Json.Default.ErrorBody, StatusCodes.Status404NotFound);
    }

    private async Task Load(HttpContext http, string name)
    {
        Message message = await ReadHeader(http);
        ServedModel model = await _models.Load(name, message, http.Request.Body, http.RequestAborted);
        await Answer(http, model.Metadata, Json.Default.ModelMetadata);
    }

    private static async Task Infer(HttpContext http, ServedModel model)
    {
        Message message = await ReadHeader(http);
        await model.Infer(message, http.Request.Body, async frame =>
        {
            http.Response.ContentType = "application/octet-stream";
            http.Response.ContentLength = frame.TotalBytes;
            http.Response.Headers[Frame.HeaderLength] = frame.HeaderBytes.ToString(CultureInfo.InvariantCulture);
            await frame.WriteAsync(http.Response.Body, http.RequestAborted);
        }, http.RequestAborted);
    }

    private static async Task<Message> ReadHeader(HttpContext http)
    {
        if (!int.TryParse(http.Request.Headers[Frame.HeaderLength], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length is < 1 or > Frame.LongestHeader)
        {
            throw new FaultException($"the request has no {Frame.HeaderLength} of 1 to {Frame.LongestHeader}", http.Request.Path,
                "Send tensors as bytes (extension binary_tensor_data): JSON values are not read here.");
        }
        var json = new byte[length];
        await http.Request.Body.ReadExactlyAsync(json, http.RequestAborted);
        return JsonSerializer.Deserialize(json, Json.Default.Message) ?? throw new JsonException("the header is null");
    }

    private static Task Answer<T>(HttpContext http, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        return http.Response.Body.WriteAsync(json, http.RequestAborted).AsTask();
    }
}
