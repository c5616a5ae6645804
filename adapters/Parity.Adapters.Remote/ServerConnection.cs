using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Parity.Core;

namespace Parity.Adapters.Remote;

/// <summary>HTTP to one server. Whatever goes wrong out there is a fault with the address, never a value.</summary>
internal sealed class ServerConnection : IDisposable
{
    private const int LongestJson = 16 << 20;
    private const int LongestQuote = 300;

    private readonly RemoteAddress _address;
    private readonly HttpClient _client;

    public ServerConnection(RemoteAddress address)
    {
        _address = address;
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(address.ConnectSeconds),
            // A proxy of the environment or a redirect would make another machine answer than the suite names.
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxConnectionsPerServer = 1,
        })
        {
            BaseAddress = address.Server,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public string Where(string path) => new Uri(_address.Server, path).ToString();

    /// <exception cref="FaultException">No answer in time, an error, or not the JSON that was asked for.</exception>
    public T Get<T>(string path, JsonTypeInfo<T> type, double seconds) =>
        Send(new HttpRequestMessage(HttpMethod.Get, path), path, seconds, (answer, stop) => ReadJson(answer, path, type, stop));

    /// <inheritdoc cref="Get"/>
    public T Post<T>(string path, HttpContent? content, JsonTypeInfo<T> type, double seconds) =>
        Post(path, content, seconds, (answer, stop) => ReadJson(answer, path, type, stop));

    /// <param name="read">Reads the body of an answer that is no error.</param>
    /// <exception cref="FaultException">No answer in time, an error, a body cut short, or what <paramref name="read"/> finds.</exception>
    public T Post<T>(string path, HttpContent? content, double seconds, Func<HttpResponseMessage, CancellationToken, Task<T>> read) =>
        Send(new HttpRequestMessage(HttpMethod.Post, path) { Content = content }, path, seconds, read);

    public void Dispose() => _client.Dispose();

    public static string Quote(string text)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return line.Length <= LongestQuote ? line : string.Concat(line.AsSpan(0, LongestQuote), "...");
    }

    private T Send<T>(HttpRequestMessage request, string path, double seconds, Func<HttpResponseMessage, CancellationToken, Task<T>> read)
    {
        string where = Where(path);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            return SendAsync().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new FaultException(FormattableString.Invariant($"no whole answer within {seconds} seconds"), where,
                "See whether the server is overloaded or hangs; longer waits are set in the address, as in ?infer-seconds=120&load-seconds=1200.");
        }
        catch (OperationCanceledException)
        {
            throw new FaultException(FormattableString.Invariant($"no connection within {_address.ConnectSeconds} seconds"), where,
                "Check host and port, and that a firewall lets them through; a longer wait is set in the address, as in ?connect-seconds=20.");
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable or SocketError.NetworkUnreachable } socket)
        {
            throw new FaultException($"no server answers there: {Quote(socket.Message)}", where, "Start one, as with `parity serve-model MODEL.onnx`, and check host and port.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new FaultException($"the answer broke off or is no HTTP: {Quote((e.InnerException ?? e).Message)}", where, "See in the server's own log whether it crashed; start it again.");
        }
        catch (JsonException e)
        {
            throw new FaultException($"the answer is not the JSON of KServe v2: {Quote(e.Message)}", where, "Check that a KServe v2 server listens there.");
        }

        async Task<T> SendAsync()
        {
            using (request)
            {
                using HttpResponseMessage answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
                if (!answer.IsSuccessStatusCode)
                    throw await Refusal(answer, where, limit.Token).ConfigureAwait(false);
                return await read(answer, limit.Token).ConfigureAwait(false);
            }
        }
    }

    private static async Task<T> ReadJson<T>(HttpResponseMessage answer, string path, JsonTypeInfo<T> type, CancellationToken stop)
    {
        byte[] body = await ReadAtMost(answer, LongestJson, stop).ConfigureAwait(false);
        return JsonSerializer.Deserialize(body, type) ?? throw new JsonException($"{path} answers null");
    }

    private static async Task<FaultException> Refusal(HttpResponseMessage answer, string where, CancellationToken stop)
    {
        byte[] body = await ReadAtMost(answer, LongestJson, stop).ConfigureAwait(false);
        string status = string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)answer.StatusCode}");
        ErrorBody? error = null;
        try
        {
            error = JsonSerializer.Deserialize(body, Json.Default.ErrorBody);
        }
        catch (JsonException)
        {
            // Some other server's page: the status says what there is to say.
        }
        if (error?.Faults is { Length: > 0 } faults)
            return new FaultException([.. faults.Select(f => new Fault(f.What, $"{where}, {f.Where}", f.Remedy))]);
        return new FaultException(
            error?.Error is { Length: > 0 } text ? $"the server refuses with {status}: {Quote(text)}" : $"the server refuses with {status}", where,
            answer.StatusCode == HttpStatusCode.NotFound ? "Check the model's name and that the server still has it loaded." : "Mend what the server complains of, or see its own log.");
    }

    private static async Task<byte[]> ReadAtMost(HttpResponseMessage answer, int most, CancellationToken stop)
    {
        if (answer.Content.Headers.ContentLength > most)
            throw new JsonException($"it has {answer.Content.Headers.ContentLength} bytes");
        using Stream stream = await answer.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, stop).ConfigureAwait(false)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > most)
                throw new JsonException($"it has over {most} bytes");
        }
        return body.ToArray();
    }
}
