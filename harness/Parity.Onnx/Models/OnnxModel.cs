using System.Collections.Immutable;
using Google.Protobuf;
using Parity.Core;
using Parity.Onnx.Proto;

namespace Parity.Onnx;

/// <summary>An ONNX file. Whatever of it this code does not know is kept and written back.</summary>
public sealed class OnnxModel
{
    /// <summary>The newest opset of ONNX's own domain whose meaning this code knows.</summary>
    public const int NewestOpset = 25;

    private readonly ModelProto _proto;
    private readonly string _where;

    private OnnxModel(ModelProto proto, string where)
    {
        _where = where;
        _proto = proto;
        var faults = new FaultList();
        if (proto.Graph is null)
            throw new FaultException("it has no graph, so it is no ONNX model", where, "Give an .onnx file.");
        var opset = proto.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx");
        // IR versions before 3 knew no opsets: their operators are those of opset 1.
        OpsetVersion = (int)(opset?.Version ?? 1);
        if (OpsetVersion is < 1 or > NewestOpset)
            faults.Add($"it uses opset {OpsetVersion}", where, $"Export it with opset 1 to {NewestOpset}.");
        foreach (var tensor in ExternalData.TensorsOf(proto).Where(ExternalData.IsExternal))
            faults.Add($"the data of tensor {tensor.Name} is in another file", where, "Load the model from its file.");
        Graph = faults.Catch(() => new Graph(proto.Graph, where))!;
        faults.ThrowIfAny();
    }

    public Graph Graph { get; }

    /// <summary>Of ONNX's own domain.</summary>
    public int OpsetVersion { get; }

    public long IrVersion => _proto.IrVersion;

    public string Producer => $"{_proto.ProducerName} {_proto.ProducerVersion}".Trim();

    /// <summary>Reads a file with its external data.</summary>
    /// <exception cref="FaultException">Missing, no model, truncated, a newer opset, external data missing or outside the folder, a damaged graph.</exception>
    public static OnnxModel Load(string path)
    {
        if (!File.Exists(path))
            throw new FaultException("there is no such file", path, "Check the path.");
        var proto = Read(File.ReadAllBytes(path), path);
        ExternalData.Inline(proto, path);
        return new OnnxModel(proto, path);
    }

    /// <exception cref="FaultException">As <see cref="Load"/>; external data is a fault.</exception>
    public static OnnxModel Parse(ReadOnlySpan<byte> bytes, string where = "model in memory") => new(Read(bytes, where), where);

    /// <summary>A model without nodes, to build one by <see cref="Graph.AddInput"/>, <see cref="Graph.Add"/> and <see cref="Graph.AddOutput"/>.</summary>
    public static OnnxModel Create(int opset, string name = "graph") => new(
        new ModelProto
        {
            IrVersion = opset switch { >= 25 => 12, >= 23 => 11, >= 21 => 10, >= 19 => 9, >= 15 => 8, >= 12 => 7, _ => 6 },
            ProducerName = "parity",
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = opset } },
            Graph = new GraphProto { Name = name },
        },
        name);

    public OnnxModel Clone() => new(ToProto(), _where);

    /// <summary>The same model saying it uses another opset. The meaning of its operators is the caller's to check.</summary>
    public OnnxModel WithOpset(int version)
    {
        var proto = ToProto();
        var own = proto.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx");
        if (own is null)
            proto.OpsetImport.Add(own = new OperatorSetIdProto());
        own.Version = version;
        proto.IrVersion = Math.Max(proto.IrVersion, Create(version).IrVersion);
        return new OnnxModel(proto, _where);
    }

    /// <summary>The opset of a domain, such as <c>com.microsoft</c>; null when it is not imported.</summary>
    public int? OpsetOf(string domain) => domain is "" or "ai.onnx" ? OpsetVersion : (int?)_proto.OpsetImport.FirstOrDefault(o => o.Domain == domain)?.Version;

    public void ImportDomain(string domain, int version)
    {
        if (OpsetOf(domain) is null)
            _proto.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
    }

    /// <summary>Key and value of the file's metadata.</summary>
    public ImmutableSortedDictionary<string, string> Metadata =>
        _proto.MetadataProps.GroupBy(p => p.Key).ToImmutableSortedDictionary(g => g.Key, g => g.Last().Value, StringComparer.Ordinal);

    public void SetMetadata(string key, string value)
    {
        foreach (var old in _proto.MetadataProps.Where(p => p.Key == key).ToList())
            _proto.MetadataProps.Remove(old);
        _proto.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
    }

    public byte[] ToBytes() => ToProto().ToByteArray();

    public void Save(string path) => File.WriteAllBytes(path, ToBytes());

    /// <summary>Writes initializers of at least <paramref name="externalFromBytes"/> bytes to <c>path.data</c> beside the model.</summary>
    public void SaveExternal(string path, int externalFromBytes)
    {
        var proto = ToProto();
        ExternalData.Move(proto, path, externalFromBytes);
        File.WriteAllBytes(path, proto.ToByteArray());
    }

    private static ModelProto Read(ReadOnlySpan<byte> bytes, string where)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new FaultException($"it is no ONNX model, or a truncated one ({bytes.Length} bytes; {e.Message})", where, "Copy the file again, or give an .onnx file.");
        }
    }

    private ModelProto ToProto()
    {
        // Cloning the present graph message would copy every weight's message twice.
        var copy = _proto.Clone();
        copy.Graph = Graph.ToProto();
        return copy;
    }
}
