using System.Collections.Immutable;
using System.Globalization;
using Parity.Core;

namespace Parity.Adapters.Remote;

/// <summary>
/// Where a session runs: <c>http://host:port</c>, or <c>http://host:port/v2/models/NAME</c> for a model that is there already; and how long to wait, as in
/// <c>?connect-seconds=5&amp;infer-seconds=60&amp;load-seconds=600</c>.
/// </summary>
/// <param name="Server">Ends with a slash.</param>
/// <param name="Model">Null to load the model there.</param>
public sealed record RemoteAddress(Uri Server, string? Model, double ConnectSeconds, double InferSeconds, double LoadSeconds)
{
    private const string Example = "Write remote:http://host:port, or remote:http://host:port/v2/models/NAME for a model that is there already.";
    private static readonly ImmutableArray<string> Keys = ["connect-seconds", "infer-seconds", "load-seconds"];

    /// <exception cref="FaultException">Everything wrong with it.</exception>
    public static RemoteAddress Parse(string text)
    {
        string where = $"remote:{text}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
            throw new FaultException($"'{text}' is no address of a server", where, Example);
        var faults = new FaultList();
        string[] path = uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string? model = path is ["v2", "models", var name] ? Uri.UnescapeDataString(name) : null;
        if (model is null && path.Length > 0)
            faults.Add($"'{uri.AbsolutePath}' is no path to a model", where, Example);
        var seconds = new Dictionary<string, double>(StringComparer.Ordinal) { [Keys[0]] = 5, [Keys[1]] = 60, [Keys[2]] = 600 };
        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            if (!Keys.Contains(parts[0]))
                faults.Add($"unknown setting '{parts[0]}'", where, $"Known: {string.Join(", ", Keys)}.");
            else if (parts.Length != 2 || !double.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) || value is not (> 0 and <= 86_400))
                faults.Add($"'{pair}' is no time", where, $"Write {parts[0]}= and seconds above 0, at most 86400.");
            else
                seconds[parts[0]] = value;
        }
        faults.ThrowIfAny();
        return new RemoteAddress(new Uri(uri.GetLeftPart(UriPartial.Authority) + "/"), model, seconds[Keys[0]], seconds[Keys[1]], seconds[Keys[2]]);
    }
}
