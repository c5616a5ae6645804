using Google.Protobuf;
using Parity.Core;
using Parity.Onnx.Proto;

namespace Parity.Onnx;

/// <summary>A tensor in a file of its own, as ONNX's node tests have them (<c>input_0.pb</c>).</summary>
/// <param name="Type">As stored; the tensor holds <see cref="TensorTypes.Unpacked"/>.</param>
public sealed record TensorFile(string Name, TensorType Type, Tensor Tensor)
{
    /// <exception cref="FaultException">No TensorProto, or elements that cannot be read as numbers.</exception>
    public static TensorFile Read(string path)
    {
        try
        {
            TensorProto proto = TensorProto.Parser.ParseFrom(File.ReadAllBytes(path));
            return new TensorFile(proto.Name, (TensorType)proto.DataType, TensorCodec.Decode(proto, path));
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new FaultException($"it is no tensor: {e.Message}", path, "Copy the file again.");
        }
    }
}
