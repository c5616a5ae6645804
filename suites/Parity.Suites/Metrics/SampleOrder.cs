using System.Collections.Immutable;
using System.Globalization;
using Parity.Core;

namespace Parity.Suites.Metrics;

/// <summary>The order in which every metric takes its samples: by id, so that the order of predictions changes no sum.</summary>
internal static class SampleOrder
{
    /// <summary>By id as numbers where all are numbers, else ordinal.</summary>
    /// <exception cref="FaultException">A sample stands twice.</exception>
    public static ImmutableArray<T> ById<T>(IEnumerable<T> samples, Func<T, string> id)
    {
        T[] list = [.. samples];
        string[] ids = [.. list.Select(id)];
        var numbers = new long[list.Length];
        bool numeric = true;
        for (int i = 0; i < list.Length && numeric; i++)
            numeric = long.TryParse(ids[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i]);
        if (numeric)
            Array.Sort(numbers, list);
        else
            Array.Sort(ids, list, StringComparer.Ordinal);
        var faults = new FaultList();
        for (int i = 1; i < list.Length; i++)
        {
            if (id(list[i]) == id(list[i - 1]))
                faults.Add("the sample has two predictions", $"sample {id(list[i])}", "Give one prediction a sample.");
        }
        faults.ThrowIfAny();
        return [.. list];
    }
}
