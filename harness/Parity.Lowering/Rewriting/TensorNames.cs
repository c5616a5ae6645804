namespace Parity.Lowering;

/// <summary>Where the tensors of the float model went while it was rewritten, and why.</summary>
internal sealed class TensorNames
{
    private readonly Dictionary<string, string> _successors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _removed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _changed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _made = new(StringComparer.Ordinal);

    /// <summary>The tensor is gone and <paramref name="successor"/> has the same values.</summary>
    public void Replaced(string tensor, string successor, string reason)
    {
        _successors[tensor] = successor;
        _changed[tensor] = reason;
    }

    /// <summary>The tensor is gone and nothing has its values; the node that made it lives on as the one that makes <paramref name="owner"/>.</summary>
    public void Absorbed(string tensor, string owner, string reason)
    {
        _removed[tensor] = reason;
        _owners[tensor] = owner;
    }

    /// <summary>The tensor is a constant now and no node makes it.</summary>
    public void BecameConstant(string tensor) => _removed[tensor] = "constant";

    /// <summary>The tensor keeps name and values, but another operator makes it.</summary>
    public void Changed(string tensor, string reason) =>
        _changed[tensor] = _changed.TryGetValue(tensor, out string? earlier) && earlier != reason ? $"{earlier}; {reason}" : reason;

    /// <summary>The tensors are new, and lead to <paramref name="tensor"/>, which one operator made before.</summary>
    public void Made(IEnumerable<string> inner, string tensor)
    {
        if (!_made.TryGetValue(tensor, out var all))
            _made[tensor] = all = [];
        all.AddRange(inner);
    }

    /// <summary>The new tensors that lead to the tensor, in their order.</summary>
    public IEnumerable<string> MadeFor(string tensor) => _made.GetValueOrDefault(tensor, []);

    /// <summary>The tensor with the same values; itself when it was never replaced.</summary>
    public string Current(string tensor)
    {
        while (_successors.TryGetValue(tensor, out string? next))
            tensor = next;
        return tensor;
    }

    /// <summary>The tensor that the operator behind <paramref name="tensor"/> makes now.</summary>
    public string Owner(string tensor)
    {
        while (_owners.TryGetValue(tensor, out string? next) || _successors.TryGetValue(tensor, out next))
            tensor = next;
        return tensor;
    }

    /// <summary>Why nothing has the tensor's values; null when something has.</summary>
    public string? WhyRemoved(string tensor) => _removed.GetValueOrDefault(Current(tensor));

    public string? WhyChanged(string tensor) => _changed.GetValueOrDefault(tensor);
}
