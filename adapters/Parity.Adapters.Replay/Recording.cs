using System.Collections.Immutable;
using Parity.Adapters.Replay.Formats;
using Parity.Core;

namespace Parity.Adapters.Replay;

/// <summary>Tensors that a device or a vendor's tool wrote down, sample by sample.</summary>
/// <param name="Format">What wrote it, for people: "npz", "Polygraphy", "trtexec", "RKNN", "NNIE".</param>
public sealed record Recording(string Path, string Format, ImmutableArray<RecordedSample> Samples)
{
    /// <summary>The formats in the order in which they are asked; the first that knows the path reads it.</summary>
    private static readonly ImmutableArray<IRecordingFormat> Formats = [new RknnFolder(), new NnieFolder(), new NumpyFiles(), new JsonFiles()];

    /// <param name="path">A file or folder; behind a # the runner of a Polygraphy file that holds several.</param>
    /// <exception cref="FaultException">There is nothing, or nothing that any format knows.</exception>
    public static Recording Open(string path)
    {
        string[] parts = path.Split('#', 2);
        if (!System.IO.Path.Exists(parts[0]))
            throw new FaultException("there is no such file or folder", parts[0], "Correct the path of the recording.");
        foreach (IRecordingFormat format in Formats)
            if (format.Read(parts[0], parts.Length == 2 ? parts[1] : null) is { Samples.IsEmpty: false } recording)
                return recording;
        throw new FaultException("it is no recording that is known here", parts[0], "Give an .npz file or a folder of them or of .npy, a Polygraphy or trtexec .json, an RKNN accuracy_analysis folder, or a folder of NNIE *.linear.hex.");
    }
}

/// <param name="Name">Of the sample's file or folder, without extension; what says it belongs to a picture, if it is that one's name.</param>
/// <param name="Read">Reads its tensors by name; may be called again.</param>
public sealed record RecordedSample(string Name, Func<IReadOnlyDictionary<string, Tensor>> Read);
