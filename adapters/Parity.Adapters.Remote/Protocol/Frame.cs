using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using Parity.Core;

namespace Parity.Adapters.Remote;

/// <summary>A body of the binary tensor extension: the JSON header, then the tensors' bytes in its order, without padding.</summary>
internal sealed class Frame(byte[] header, IReadOnlyList<ReadOnlyMemory<byte>> parts) : HttpContent
{
    /// <summary>The HTTP header that says how many bytes of the body are JSON.</summary>
    public const string HeaderLength = "Inference-Header-Content-Length";

    /// <summary>No honest header comes near: it names tensors, it does not carry them.</summary>
    public const int LongestHeader = 16 << 20;

    /// <summary>Taps travel as outputs under this prefix.</summary>
    public const string LayerPrefix = "@layer/";

    public long TotalBytes { get; } = header.Length + parts.Sum(p => (long)p.Length);

    public static Frame Of(Message message, params IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        var frame = new Frame(JsonSerializer.SerializeToUtf8Bytes(message, Json.Default.Message), parts);
        frame.Headers.TryAddWithoutValidation(HeaderLength, frame.HeaderBytes.ToString(System.Globalization.CultureInfo.InvariantCulture));
        frame.Headers.ContentType = new("application/octet-stream");
        return frame;
    }

    public int HeaderBytes => header.Length;

    public async Task WriteAsync(Stream stream, CancellationToken stop)
    {
        await stream.WriteAsync(header, stop);
        foreach (ReadOnlyMemory<byte> part in parts)
            await stream.WriteAsync(part, stop);
    }

    /// <summary>A tensor's bytes as memory that streams read and write without a copy.</summary>
    public static Memory<byte> Bytes(Tensor tensor) => new TensorBytes(tensor).Memory;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => WriteAsync(stream, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => WriteAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = TotalBytes;
        return true;
    }

    private sealed class TensorBytes(Tensor tensor) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => Tensor.Fill(tensor);

        public override unsafe MemoryHandle Pin(int elementIndex = 0)
        {
            var handle = GCHandle.Alloc(tensor.Storage, GCHandleType.Pinned);
            return new MemoryHandle((byte*)handle.AddrOfPinnedObject() + elementIndex, handle);
        }

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }
}
