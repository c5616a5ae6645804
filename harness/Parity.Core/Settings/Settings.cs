using System.Collections.Immutable;
using System.Globalization;

namespace Parity.Core;

/// <summary>
/// A section of a settings file, read key by key. Every mistake is added to <see cref="Faults"/> and a harmless value returned,
/// so that one reading finds all mistakes. Call <see cref="RejectUnknown"/> when all known keys were asked for.
/// </summary>
/// <param name="where">Where the section stands, such as <c>suite.yaml:12 task.nms</c>.</param>
/// <param name="entries">Values by key: <see cref="SettingsValue"/>.</param>
/// <param name="faults">Where mistakes go.</param>
public sealed class Settings(string where, ImmutableDictionary<string, SettingsValue> entries, FaultList faults)
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public string Where { get; } = where;

    public FaultList Faults { get; } = faults;

    public ImmutableDictionary<string, SettingsValue> Entries { get; } = entries;

    public bool Has(string key)
    {
        _asked.Add(key);
        return Entries.ContainsKey(key);
    }

    /// <summary>A text; without <paramref name="fallback"/> the key is required.</summary>
    public string Text(string key, string? fallback = null)
    {
        SettingsValue? value = Find(key, required: fallback is null);
        if (value is null)
            return fallback ?? "";
        return value.Text ?? Wrong(value, key, "a text", fallback ?? "");
    }

    /// <summary>One of <paramref name="allowed"/>; the fallback, when given, need not be listed.</summary>
    public string Choice(string key, ImmutableArray<string> allowed, string? fallback = null)
    {
        SettingsValue? value = Find(key, required: fallback is null);
        if (value is null)
            return fallback ?? allowed[0];
        if (value.Text is { } text && allowed.Contains(text))
            return text;
        return Wrong(value, key, $"one of {string.Join(", ", allowed)}", fallback ?? allowed[0]);
    }

    /// <summary>A finite number within the closed range.</summary>
    public double Number(string key, double? fallback = null, double least = double.NegativeInfinity, double most = double.PositiveInfinity)
    {
        SettingsValue? value = Find(key, required: fallback is null);
        if (value is null)
            return fallback ?? 0;
        if (Parse(value) is { } number && number >= least && number <= most)
            return number;
        return Wrong(value, key, $"a number{Range(least, most)}", fallback ?? 0);
    }

    public int Integer(string key, int? fallback = null, int least = int.MinValue, int most = int.MaxValue)
    {
        SettingsValue? value = Find(key, required: fallback is null);
        if (value is null)
            return fallback ?? 0;
        if (int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
            return number;
        return Wrong(value, key, $"a whole number{Range(least, most)}", fallback ?? 0);
    }

    public bool Flag(string key, bool fallback)
    {
        SettingsValue? value = Find(key, required: false);
        return value?.Text switch
        {
            null when value is null => fallback,
            "true" => true,
            "false" => false,
            _ => Wrong(value!, key, "true or false", fallback),
        };
    }

    /// <summary>A list of numbers, of <paramref name="count"/> elements unless that is null.</summary>
    public ImmutableArray<double> Numbers(string key, int? count = null, ImmutableArray<double>? fallback = null)
    {
        SettingsValue? value = Find(key, required: fallback is null);
        if (value is null)
            return fallback ?? [];
        if (value.Items is { } items && (count is null || items.Length == count))
        {
            var numbers = items.Select(Parse).ToImmutableArray();
            if (numbers.All(n => n is not null))
                return [.. numbers.Select(n => n!.Value)];
        }
        return Wrong(value, key, count is null ? "a list of numbers" : $"a list of {count} numbers", fallback ?? []);
    }

    public ImmutableArray<string> Texts(string key, ImmutableArray<string>? fallback = null)
    {
        SettingsValue? value = Find(key, required: fallback is null);
        if (value is null)
            return fallback ?? [];
        if (value.Items is { } items && items.All(i => i.Text is not null))
            return [.. items.Select(i => i.Text!)];
        return Wrong(value, key, "a list of texts", fallback ?? []);
    }

    /// <summary>A subsection; a missing or wrong one reads as empty, after its fault was noted when <paramref name="required"/>.</summary>
    public Settings Section(string key, bool required = true)
    {
        SettingsValue? value = Find(key, required);
        if (value is null)
            return new Settings($"{Where}.{key}", ImmutableDictionary<string, SettingsValue>.Empty, required ? new FaultList() : Faults);
        return value.Section ?? Wrong(value, key, "a section of keys", new Settings($"{Where}.{key}", ImmutableDictionary<string, SettingsValue>.Empty, new FaultList()));
    }

    /// <summary>The values of a list, for those that may be a text or a section.</summary>
    public ImmutableArray<SettingsValue> Items(string key, bool required = true)
    {
        SettingsValue? value = Find(key, required);
        if (value is null)
            return [];
        return value.Items ?? Wrong(value, key, "a list", ImmutableArray<SettingsValue>.Empty);
    }

    /// <summary>The same section with the keys of <paramref name="other"/> in place of its own.</summary>
    public Settings With(Settings other) => new(Where, Entries.SetItems(other.Entries), Faults);

    /// <summary>Adds a fault for every key that nobody asked for, naming the nearest known one.</summary>
    public void RejectUnknown()
    {
        foreach (string key in Entries.Keys.Except(_asked).Order(StringComparer.Ordinal))
        {
            string? nearest = _asked.OrderBy(k => EditDistance.Between(k, key)).ThenBy(k => k, StringComparer.Ordinal).FirstOrDefault();
            string remedy = nearest is not null && EditDistance.Between(nearest, key) <= 3
                ? $"Did you mean '{nearest}'?"
                : $"Known here: {string.Join(", ", _asked.Order(StringComparer.Ordinal))}.";
            Faults.Add($"unknown key '{key}'", Entries[key].Where, remedy);
        }
    }

    private SettingsValue? Find(string key, bool required)
    {
        _asked.Add(key);
        if (Entries.TryGetValue(key, out SettingsValue? value))
            return value;
        if (required)
            Faults.Add($"'{key}' is missing", Where, $"Add the key '{key}'.");
        return null;
    }

    private T Wrong<T>(SettingsValue value, string key, string expected, T instead)
    {
        Faults.Add($"'{key}' is {value.Describe()}, which is not {expected}", value.Where, $"Write {expected}.");
        return instead;
    }

    private static double? Parse(SettingsValue value) =>
        double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    private static string Range(double least, double most) => (double.IsFinite(least) && least > int.MinValue, double.IsFinite(most) && most < int.MaxValue) switch
    {
        (true, true) => string.Create(CultureInfo.InvariantCulture, $" from {least} to {most}"),
        (true, false) => string.Create(CultureInfo.InvariantCulture, $" of at least {least}"),
        (false, true) => string.Create(CultureInfo.InvariantCulture, $" of at most {most}"),
        _ => "",
    };
}
