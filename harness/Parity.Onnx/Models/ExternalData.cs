using System.Globalization;
using Google.Protobuf;
using Parity.Core;
using Parity.Onnx.Proto;

namespace Parity.Onnx;

/// <summary>Tensor data in files beside the model (TensorProto.external_data).</summary>
internal static class ExternalData
{
    /// <summary>Data starts at multiples of this, so that others can map it into memory.</summary>
    private const int Alignment = 4096;

    public static bool IsExternal(TensorProto tensor) => tensor.DataLocation == TensorProto.Types.DataLocation.External;

    /// <summary>Every tensor of the model: initializers, attributes, and those in subgraphs and functions.</summary>
    public static IEnumerable<TensorProto> TensorsOf(ModelProto model) =>
        (model.Graph is null ? [] : TensorsOf(model.Graph)).Concat(model.Functions.SelectMany(f => f.Node).SelectMany(TensorsOf));

    /// <summary>Reads all external data into the message.</summary>
    /// <exception cref="FaultException">A location outside the model's folder, a missing file, an offset or length outside the file.</exception>
    public static void Inline(ModelProto model, string modelPath)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(modelPath))!;
        var faults = new FaultList();
        foreach (var tensor in TensorsOf(model).Where(IsExternal))
        {
            string where = $"{modelPath}, tensor {tensor.Name}";
            var entries = tensor.ExternalData.GroupBy(e => e.Key).ToDictionary(g => g.Key, g => g.Last().Value);
            string location = entries.GetValueOrDefault("location", "");
            if (Resolve(folder, location) is not { } path)
            {
                faults.Add($"its data is at '{location}', outside the model's folder", where, "Put the data file beside the model and write its name as location.");
                continue;
            }
            if (!File.Exists(path))
            {
                faults.Add($"its data file '{location}' is missing", where, $"Copy {location} beside the model.");
                continue;
            }
            using var file = File.OpenRead(path);
            if (!Number(entries, "offset", 0, out long offset) || !Number(entries, "length", file.Length - offset, out long length)
                || offset > file.Length || length > file.Length - offset || length > Array.MaxLength)
            {
                string range = $"offset '{entries.GetValueOrDefault("offset", "0")}', length '{entries.GetValueOrDefault("length", "to the end")}'";
                faults.Add($"its {range} is not inside '{location}' of {file.Length} bytes", where, "The data file is truncated or of another export: copy it again.");
                continue;
            }
            var bytes = new byte[length];
            file.Position = offset;
            file.ReadExactly(bytes);
            tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
            tensor.ExternalData.Clear();
            tensor.ClearDataLocation();
        }
        faults.ThrowIfAny();
    }

    /// <summary>Moves the data of large initializers to <c>modelPath.data</c>.</summary>
    public static void Move(ModelProto model, string modelPath, int fromBytes)
    {
        string location = Path.GetFileName(modelPath) + ".data";
        using var file = File.Create(modelPath + ".data");
        foreach (var tensor in model.Graph.Initializer)
        {
            if (!tensor.HasRawData && TensorTypes.Unpacked((TensorType)tensor.DataType) is not null)
                Normalize(tensor, modelPath);
            if (!tensor.HasRawData || tensor.RawData.Length < fromBytes)
                continue;
            file.SetLength((file.Length + Alignment - 1) / Alignment * Alignment);
            file.Position = file.Length;
            Add(tensor, "location", location);
            Add(tensor, "offset", file.Position.ToString(CultureInfo.InvariantCulture));
            Add(tensor, "length", tensor.RawData.Length.ToString(CultureInfo.InvariantCulture));
            tensor.RawData.WriteTo(file);
            tensor.ClearRawData();
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
        }
    }

    /// <summary>Typed fields to raw_data, where the element type can be written back.</summary>
    private static void Normalize(TensorProto tensor, string modelPath)
    {
        var type = (TensorType)tensor.DataType;
        if (TensorTypes.Unpacked(type) is not { } unpacked || TensorTypes.Of(unpacked) != type)
            return;
        tensor.RawData = TensorCodec.Encode(tensor.Name, TensorCodec.Decode(tensor, modelPath)).RawData;
        tensor.FloatData.Clear();
        tensor.Int32Data.Clear();
        tensor.Int64Data.Clear();
        tensor.DoubleData.Clear();
        tensor.Uint64Data.Clear();
    }

    private static void Add(TensorProto tensor, string key, string value) =>
        tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });

    private static bool Number(Dictionary<string, string> entries, string key, long otherwise, out long value)
    {
        value = otherwise;
        return !entries.TryGetValue(key, out string? text)
            || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The full path, links followed; null when it is not inside the folder.</summary>
    private static string? Resolve(string folder, string location)
    {
        if (location.Length == 0 || Path.IsPathRooted(location))
            return null;
        string path = Path.GetFullPath(location, folder);
        string root = folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar;
        if (!path.StartsWith(root, StringComparison.Ordinal))
            return null;
        // A link may lead out of the folder although its name does not.
        return new FileInfo(path) is { LinkTarget: not null } link
            && link.ResolveLinkTarget(returnFinalTarget: true)?.FullName.StartsWith(root, StringComparison.Ordinal) != true ? null : path;
    }

    private static IEnumerable<TensorProto> TensorsOf(GraphProto graph) =>
        graph.Initializer.Concat(graph.SparseInitializer.SelectMany(s => new[] { s.Values, s.Indices })).Concat(graph.Node.SelectMany(TensorsOf));

    private static IEnumerable<TensorProto> TensorsOf(NodeProto node) => node.Attribute.SelectMany(a =>
        (a.T is null ? a.Tensors : a.Tensors.Prepend(a.T)).Concat((a.G is null ? a.Graphs : a.Graphs.Prepend(a.G)).SelectMany(TensorsOf)));
}
