using System.Net;
using System.Net.Sockets;

namespace Parity.Adapters.Remote.Tests;

/// <summary>Sends some bytes to whoever connects and then nothing, without hanging up.</summary>
internal sealed class StallingServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private TcpClient? _client;

    public StallingServer(byte[] bytes)
    {
        _listener.Start();
        _ = Task.Run(async () =>
        {
            _client = await _listener.AcceptTcpClientAsync();
            await _client.GetStream().ReadExactlyAsync(new byte[1]);
            await _client.GetStream().WriteAsync(bytes);
        });
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Stop();
        _client?.Dispose();
    }
}
