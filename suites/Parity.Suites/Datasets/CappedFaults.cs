using Parity.Core;

namespace Parity.Suites.Datasets;

/// <summary>Faults of a large file: the first of each kind in full and the number of the rest, since one wrong export repeats a mistake for every object.</summary>
internal sealed class CappedFaults(string file)
{
    private const int Shown = 20;

    private readonly FaultList _faults = new();
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public bool Has(string kind) => _counts.ContainsKey(kind);

    /// <param name="kind">Names what is alike in faults of this kind.</param>
    public void Add(string kind, string what, string where, string remedy)
    {
        int count = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        if (count <= Shown)
            _faults.Add(what, $"{file} {where}", remedy);
    }

    /// <exception cref="FaultException">At least one fault was added.</exception>
    public void ThrowIfAny()
    {
        foreach ((string kind, int count) in _counts.Where(c => c.Value > Shown))
            _faults.Add($"{count - Shown} more: {kind}", file, "Correct the first ones; the rest is likely the same mistake.");
        _faults.ThrowIfAny();
    }
}
