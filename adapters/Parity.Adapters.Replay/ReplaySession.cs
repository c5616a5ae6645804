using System.Collections.Immutable;
using System.Security.Cryptography;
using Parity.Core;

namespace Parity.Adapters.Replay;

/// <summary>
/// Recorded tensors instead of a run. A picture's sample is the one with its name, where the first picture asked for has one; else the recording's samples are the
/// dataset's, in their order.
/// </summary>
public sealed class ReplaySession : ISession
{
    private readonly Recording _recording;
    private readonly ImmutableArray<string> _names;
    private readonly ImmutableDictionary<string, ImmutableArray<int>> _shapes;
    private readonly Dictionary<string, string> _inputs = new(StringComparer.Ordinal);
    private bool? _byName;
    private int _asked;

    internal ReplaySession(Recording recording, ImmutableArray<string> outputs, ImmutableArray<string> taps, ImmutableDictionary<string, ImmutableArray<int>> shapes, InputContract contract)
    {
        _recording = recording;
        _names = [.. outputs.Concat(taps).Distinct(StringComparer.Ordinal)];
        _shapes = shapes;
        Input = contract;
        var first = recording.Samples[0].Read();
        Outputs = [.. outputs.Select(n => new TensorPort(n, first[n].Type, _shapes.GetValueOrDefault(n, first[n].Shape)))];
        Arithmetic = new Arithmetic("device", $"recorded: {recording.Format}, {recording.Samples.Length} sample{(recording.Samples.Length == 1 ? "" : "s")} in {Path.GetFileName(Path.TrimEndingDirectorySeparator(recording.Path))}", null);
    }

    public InputContract Input { get; }

    public ImmutableArray<TensorPort> Outputs { get; }

    public Arithmetic Arithmetic { get; }

    /// <summary>The next sample.</summary>
    /// <exception cref="FaultException">There is none left, or it lacks a tensor.</exception>
    public IReadOnlyDictionary<string, Tensor> Run(Tensor input) => Tensors(_asked++, "the next picture");

    /// <summary>The picture's sample.</summary>
    /// <exception cref="FaultException">It was not recorded, or lacks a tensor, or one of another shape.</exception>
    public IReadOnlyDictionary<string, Tensor> Run(Tensor input, Sample sample, int place)
    {
        // A recording has one run of a picture: for another region of it there is no answer.
        string fed = Convert.ToHexStringLower(SHA256.HashData(input.Bytes()));
        if (_inputs.TryAdd(sample.Id, fed) is false && _inputs[sample.Id] != fed)
            throw new FaultException($"picture '{sample.Name}' is run on several inputs", _recording.Path, "Replay a suite that runs each picture once, as a whole.");
        int named = IndexOf(sample);
        _byName ??= named >= 0;
        return Tensors(_byName == true ? named : place, $"picture '{sample.Name}'");
    }

    public void Dispose()
    {
    }

    /// <exception cref="FaultException">A tensor has another number of elements than the model says.</exception>
    internal void Check(IReadOnlyDictionary<string, Tensor> tensors, string sample)
    {
        var faults = new FaultList();
        foreach ((string name, ImmutableArray<int> shape) in _shapes)
        {
            if (tensors.TryGetValue(name, out Tensor? tensor) && !Fits(tensor, shape))
                faults.Add($"tensor '{name}' was recorded as [{string.Join(',', tensor.Shape)}], the model makes [{string.Join(',', shape)}]", $"{_recording.Path}, sample '{sample}'", "Record this model, with its own input size and layout.");
        }
        faults.ThrowIfAny();
    }

    private int IndexOf(Sample sample)
    {
        string stem = Path.GetFileNameWithoutExtension(sample.Name);
        for (int i = 0; i < _recording.Samples.Length; i++)
            if (_recording.Samples[i].Name is var name && (name == sample.Id || name == sample.Name || name == stem))
                return i;
        return -1;
    }

    private Dictionary<string, Tensor> Tensors(int index, string picture)
    {
        if (index < 0 || index >= _recording.Samples.Length)
        {
            throw new FaultException($"{picture} was not recorded", _recording.Path, _byName == true
                ? "Record it under its name, or leave it out of the dataset."
                : $"The recording has {_recording.Samples.Length} sample{(_recording.Samples.Length == 1 ? "" : "s")}, taken in order: set --limit to that, or record more.");
        }
        RecordedSample sample = _recording.Samples[index];
        var all = sample.Read();
        Check(all, sample.Name);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (string name in _names)
        {
            if (!all.TryGetValue(name, out Tensor? tensor))
                throw new FaultException($"the tensor '{name}' was not recorded", $"{_recording.Path}, sample '{sample.Name}'", "Record every sample with the same tensors.");
            tensors.Add(name, _shapes.TryGetValue(name, out var shape) && tensor.Shape.Length == 1 ? tensor.WithShape(shape) : tensor);
        }
        return tensors;
    }

    /// <summary>A recording without shapes is flat.</summary>
    private static bool Fits(Tensor tensor, ImmutableArray<int> shape) =>
        tensor.Shape.SequenceEqual(shape) || (tensor.Shape.Length == 1 && tensor.Count == shape.Aggregate(1L, (n, e) => n * e));
}
