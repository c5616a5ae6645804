using System.Globalization;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Conformance;

/// <summary>
/// ONNX's own backend node tests (onnx/onnx, onnx/backend/test/data/node): each test's inputs become constants of its model, which the backend then runs.
/// Integers must be equal; floats within the tolerance of ONNX's runner, 1e-3 relative and 1e-7 absolute.
/// </summary>
public static class NodeTests
{
    private const double Relative = 1e-3, Absolute = 1e-7;

    /// <param name="folder">Holds a folder for each test, with model.onnx and test_data_set_0.</param>
    /// <exception cref="FaultException">No tests there.</exception>
    public static Rule In(string folder)
    {
        string[] tests = List(folder);
        return new Rule("ONNX node tests", "onnx/onnx backend/test/data/node", [], null, subject => tests.Select(t => Run(subject, t)));
    }

    /// <exception cref="FaultException">No tests there.</exception>
    internal static string[] List(string folder)
    {
        string[] tests = Directory.Exists(folder)
            ? [.. Directory.GetDirectories(folder).Where(d => File.Exists(Path.Combine(d, "model.onnx"))).Order(StringComparer.Ordinal)]
            : [];
        if (tests.Length == 0)
            throw new FaultException("there are no ONNX node tests", folder, "Give the folder that holds test_quantizelinear and its like, each with model.onnx.");
        return tests;
    }

    private static Checked Run(Subject subject, string folder)
    {
        string name = Path.GetFileName(folder), data = Path.Combine(folder, "test_data_set_0");
        try
        {
            OnnxModel model = OnnxModel.Load(Path.Combine(folder, "model.onnx"));
            string[] inputs = [.. model.Graph.Inputs.Select(i => i.Name)], outputs = [.. model.Graph.Outputs.Select(o => o.Name)];
            for (int i = 0; i < inputs.Length; i++)
            {
                TensorFile file = TensorFile.Read(Path.Combine(data, FormattableString.Invariant($"input_{i}.pb")));
                model.Graph.SetInitializer(inputs[i], file.Tensor, file.Type);
            }
            TensorFile[] expected = [.. outputs.Select((_, i) => TensorFile.Read(Path.Combine(data, FormattableString.Invariant($"output_{i}.pb"))))];
            IReadOnlyDictionary<string, Tensor> actual = TinyModel.RunWithoutInput(subject, model);
            string? difference = outputs.Select((o, i) => Difference(o, expected[i].Tensor, actual[o])).FirstOrDefault(d => d is not null);
            return new Checked(name, "as recorded", difference ?? "as recorded", null);
        }
        catch (FaultException e)
        {
            return new Checked(name, "as recorded", null, e.Faults[0].What);
        }
    }

    private static string? Difference(string output, Tensor expected, Tensor actual)
    {
        if (expected.ToString() != actual.ToString())
            return $"{output} is {actual}, not {expected}";
        double[] e = Numbers(expected), a = Numbers(actual);
        for (int i = 0; i < e.Length; i++)
        {
            bool near = e[i].Equals(a[i]) || (expected.Type is ElementType.Float32 or ElementType.Float64 or ElementType.Float16 && Math.Abs(e[i] - a[i]) <= Absolute + (Relative * Math.Abs(e[i])));
            if (!near)
                return string.Create(CultureInfo.InvariantCulture, $"{output}[{i}] is {a[i]:R}, not {e[i]:R}");
        }
        return null;
    }

    private static double[] Numbers(Tensor tensor) => tensor.Type switch
    {
        ElementType.Float32 => [.. tensor.Span<float>().ToArray().Select(v => (double)v)],
        ElementType.Float64 => tensor.Span<double>().ToArray(),
        ElementType.Float16 => [.. tensor.Span<Half>().ToArray().Select(v => (double)v)],
        ElementType.UInt64 => [.. tensor.Span<ulong>().ToArray().Select(v => (double)v)],
        _ => [.. LinearQuantization.Codes(tensor).Select(v => (double)v)],
    };
}
