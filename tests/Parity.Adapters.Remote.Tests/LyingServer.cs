using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Parity.Adapters.Remote.Tests;

/// <summary>A server on loopback that sends exactly the bytes it is told to, whatever was asked; an honest one until a test changes an answer.</summary>
internal sealed class LyingServer : IDisposable
{
    public const string Model = "squares";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, byte[]?> _answers = new();
    private readonly ConcurrentBag<TcpClient> _clients = [];

    public LyingServer(string sha256)
    {
        Answer("/v2/health/ready", Json("""{"ready":true}"""));
        Answer("/v2", Json("""{"name":"liar","version":"1","extensions":["binary_tensor_data","parity.layer_dump"]}"""));
        Answer($"/v2/models/{Model}", Json(Metadata(sha256)));
        Answer($"/v2/models/{Model}/infer", Infer(Output("y", "FP32", "[1,2]", 8), Floats(1, 2)));
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v2/models/{Model}";
        _ = Task.Run(Accept);
    }

    public string Address { get; }

    /// <param name="answer">Null: the connection stays open and nothing is said.</param>
    public void Answer(string path, byte[]? answer) => _answers[path] = answer;

    public void AnswerInfer(byte[]? answer) => Answer($"/v2/models/{Model}/infer", answer);

    public static string Metadata(string sha256, string outputs = """{"name":"y","datatype":"FP32","shape":[1,2]}""") =>
        $$$"""{"name":"{{{Model}}}","platform":"lies","inputs":[{"name":"images","datatype":"FP32","shape":[1,3,2,2]}],"outputs":[{{{outputs}}}],"parameters":{"sha256":"{{{sha256}}}"}}""";

    public static string Output(string name, string datatype, string shape, long bytes) =>
        $$$$"""{"name":"{{{{name}}}}","datatype":"{{{{datatype}}}}","shape":{{{{shape}}}},"parameters":{"binary_data_size":{{{{bytes}}}}}}""";

    public static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    public static byte[] Infer(string outputs, byte[] tensors, string? model = null, long? headerBytes = null, long? length = null)
    {
        byte[] header = Encoding.UTF8.GetBytes($$"""{"model_name":"{{model ?? Model}}","outputs":[{{outputs}}]}""");
        return Http("200 OK", [.. header, .. tensors], $"Inference-Header-Content-Length: {headerBytes ?? header.Length}\r\n", length);
    }

    public static byte[] Json(string json, string status = "200 OK") => Http(status, Encoding.UTF8.GetBytes(json));

    public static byte[] Http(string status, byte[] body, string headers = "", long? length = null) =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{headers}Content-Length: {length ?? body.Length}\r\n\r\n"), .. body];

    public void Dispose()
    {
        _listener.Stop();
        foreach (TcpClient client in _clients)
            client.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                _clients.Add(client);
                _ = Task.Run(() => Serve(client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    /// <summary>One connection: reads a request by its Content-Length, answers, and hangs up when the answer promised more than it holds.</summary>
    private async Task Serve(TcpClient client)
    {
        try
        {
            NetworkStream stream = client.GetStream();
            while (await ReadRequest(stream) is { } path)
            {
                if (!_answers.TryGetValue(path, out byte[]? answer))
                    answer = Json("""{"error":"there is nothing here"}""", "404 Not Found");
                if (answer is null)
                    return;
                await stream.WriteAsync(answer);
                string head = Encoding.ASCII.GetString(answer, 0, Math.Min(answer.Length, 4096));
                int bodyAt = head.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
                if (!head.Contains($"Content-Length: {answer.Length - bodyAt}\r\n", StringComparison.Ordinal))
                {
                    client.Dispose();
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The client hung up.
        }
    }

    private static async Task<string?> ReadRequest(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0)
                return null;
            head.Append((char)one[0]);
        }
        string[] lines = head.ToString().Split("\r\n");
        int length = lines.Where(l => l.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase)).Select(l => int.Parse(l[16..])).SingleOrDefault();
        await stream.ReadExactlyAsync(new byte[length]);
        return lines[0].Split(' ')[1];
    }
}
