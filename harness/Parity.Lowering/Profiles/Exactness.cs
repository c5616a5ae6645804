using System.Globalization;

namespace Parity.Lowering;

/// <summary>How near the emulation in float comes to the chip.</summary>
public abstract record Exactness
{
    private Exactness()
    {
    }

    /// <summary>The same bits.</summary>
    public static Exactness Exact { get; } = new Equal();

    /// <summary>No public source tells.</summary>
    public static Exactness Unknown { get; } = new Open();

    /// <summary>Codes differ by at most <paramref name="count"/> at each requantization.</summary>
    public static Exactness Lsb(int count) => new Steps(count);

    /// <summary>Values differ by at most this share of the tensor's largest.</summary>
    public static Exactness Relative(double epsilon) => new Within(epsilon);

    /// <summary>From the words that <see cref="object.ToString"/> gives; null when they are others.</summary>
    public static Exactness? Parse(string text) => text switch
    {
        "Exact" => Exact,
        "Unknown" => Unknown,
        _ when Inside(text, "Lsb") is { } count && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int codes) && codes > 0 => Lsb(codes),
        _ when Inside(text, "Relative") is { } share && double.TryParse(share, NumberStyles.Float, CultureInfo.InvariantCulture, out double epsilon) && epsilon is > 0 and < 1 => Relative(epsilon),
        _ => null,
    };

    private static string? Inside(string text, string word) => text.StartsWith($"{word}(", StringComparison.Ordinal) && text.EndsWith(')') ? text[(word.Length + 1)..^1] : null;

    private sealed record Equal : Exactness
    {
        public override string ToString() => "Exact";
    }

    private sealed record Open : Exactness
    {
        public override string ToString() => "Unknown";
    }

    private sealed record Steps(int Count) : Exactness
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Lsb({Count})");
    }

    private sealed record Within(double Epsilon) : Exactness
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Relative({Epsilon:0.#########})");
    }
}
