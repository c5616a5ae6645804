using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.Replay;

/// <summary>Plays back what a device or a vendor's tool recorded: <c>replay:PATH</c>. It computes nothing.</summary>
public sealed class ReplayBackend(string? path = null) : IBackend
{
    public string Name => path is null ? "replay" : $"replay:{path}";

    public Availability Availability => path is null
        ? Availability.NotRun("it needs a recording", "Write backend: replay:PATH with an .npz, a Polygraphy or trtexec .json, or an RKNN or NNIE folder.")
        : System.IO.Path.Exists(path.Split('#', 2)[0])
            ? Availability.Ready
            : Availability.NotRun($"there is no recording at {path}", "Record the target's outputs, or correct the path.");

    public IBackend At(string address) => new ReplayBackend(address);

    /// <param name="request">Its model says which outputs there must be and of which shape; an empty path takes all that was recorded.</param>
    /// <exception cref="FaultException">No recording, a damaged one, one without the model's outputs or the taps, or with other shapes.</exception>
    public ISession Open(SessionRequest request)
    {
        if (path is null)
            throw new FaultException(Availability.Reason!, Name, Availability.Remedy!);
        Recording recording = Recording.Open(path);
        IReadOnlyDictionary<string, Tensor> first = recording.Samples[0].Read();
        var shapes = ImmutableDictionary<string, ImmutableArray<int>>.Empty;
        IEnumerable<string> wanted = first.Keys.Order(StringComparer.Ordinal);
        if (request.ModelPath.Length > 0)
        {
            OnnxModel model = OnnxModel.Load(request.ModelPath);
            InferredShapes inferred = ShapeInference.Of(model, model.Graph.Inputs.Where(i => i.Shape is [-1, ..]).ToDictionary(i => i.Name, i => i.Shape!.Value.SetItem(0, 1)));
            wanted = model.Graph.Outputs.Select(o => o.Name);
            shapes = wanted.Concat(request.Taps).Distinct(StringComparer.Ordinal).Where(t => inferred.ShapeOf(t) is { } s && s.All(e => e >= 0))
                .ToImmutableDictionary(t => t, t => inferred.ShapeOf(t)!.Value, StringComparer.Ordinal);
        }
        var faults = new FaultList();
        foreach (string name in wanted.Concat(request.Taps).Distinct(StringComparer.Ordinal).Where(n => !first.ContainsKey(n)))
            faults.Add($"the tensor '{name}' was not recorded", $"{path}, sample '{recording.Samples[0].Name}'", $"Record it; there are {string.Join(", ", first.Keys.Order(StringComparer.Ordinal).Take(6))}{(first.Count > 6 ? ", ..." : "")}.");
        faults.ThrowIfAny();
        ImmutableArray<string> names = [.. wanted];
        var session = new ReplaySession(recording, names, request.Taps, shapes, request.Contract);
        session.Check(first, recording.Samples[0].Name);
        return session;
    }
}
