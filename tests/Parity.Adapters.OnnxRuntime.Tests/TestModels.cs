using Parity.Core;

namespace Parity.Adapters.OnnxRuntime.Tests;

/// <summary>Models made by Models/make_models.py, real ones from shared/real, and inputs for them.</summary>
internal static class TestModels
{
    public static OnnxRuntimeBackend Cpu { get; } = new(ExecutionProvider.Cpu);

    public static string Tiny(string name) => Path.Combine(AppContext.BaseDirectory, "Models", $"{name}.onnx");

    /// <summary>A file of shared/real beside any folder above the test, or of PARITY_DATA; skips the test where it is absent.</summary>
    public static string Real(string path)
    {
        var roots = new List<string>();
        if (Environment.GetEnvironmentVariable("PARITY_DATA") is { Length: > 0 } data)
            roots.Add(data);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            roots.Add(Path.Combine(folder.FullName, "shared", "real"));
        string? found = roots.Select(r => Path.Combine(r, path)).FirstOrDefault(Path.Exists);
        if (found is null)
            Assert.Skip($"shared/real/{path} is not here; set PARITY_DATA to the folder that holds {path}");
        return found;
    }

    public static InputContract Contract(int width, int height, ElementType type = ElementType.Float32, TensorLayout layout = TensorLayout.Nchw) =>
        new(type, layout, ColorOrder.Bgr, width, height, 1, [0, 0, 0], [1, 1, 1]);

    public static ISession Open(string model, InputContract contract, string[]? taps = null, bool optimize = true, int threads = 1) =>
        Cpu.Open(new SessionRequest(model, contract, [.. taps ?? []], optimize, threads));

    /// <summary>Uniform in [low, high), the same for the same seed.</summary>
    public static Tensor Noise(int seed, float low, float high, params int[] shape)
    {
        var random = new Random(seed);
        var data = new float[shape.Aggregate(1, (product, extent) => product * extent)];
        for (int i = 0; i < data.Length; i++)
            data[i] = low + random.NextSingle() * (high - low);
        return Tensor.Create(data, shape);
    }

    public static IReadOnlyList<Fault> FaultsOf(Action action) => action.Should().Throw<FaultException>().Which.Faults;
}
