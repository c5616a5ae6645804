using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>Finds backends as suites and the command line write them: <c>onnxruntime-cpu</c>, or with an address <c>remote:http://127.0.0.1:8000</c>.</summary>
public static class BackendNames
{
    /// <exception cref="FaultException">No backend of that name, or its address cannot be read.</exception>
    public static IBackend Find(ImmutableArray<IBackend> backends, string name, string where)
    {
        if (backends.FirstOrDefault(b => b.Name == name) is { } listed)
            return listed;
        string[] parts = name.Split(':', 2);
        if (parts.Length == 2 && backends.FirstOrDefault(b => b.Name == parts[0])?.At(parts[1]) is { } addressed)
            return addressed;
        throw new FaultException($"there is no backend '{name}'", where, $"Write one of {string.Join(", ", backends.Select(b => b.Name))}; `parity targets` says what each needs.");
    }
}
