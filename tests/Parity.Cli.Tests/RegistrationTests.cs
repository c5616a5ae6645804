using System.CommandLine;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Parity.Adapters.OnnxRuntime;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Engine.Runs;
using Parity.Lowering;
using Parity.Suites.Datasets;
using Parity.Suites.Detection;

namespace Parity.Cli.Tests;

/// <summary>What exists is in the list that makes it known: nothing is registered by magic, so a test looks for what was forgotten.</summary>
public sealed class RegistrationTests
{
    private static readonly Type[] Types =
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "Parity.*.dll").Append(Path.Combine(AppContext.BaseDirectory, "parity.dll"))
            .Where(f => !f.EndsWith(".Tests.dll", StringComparison.Ordinal)).Select(Assembly.LoadFrom).Distinct().SelectMany(a => a.GetTypes()),
    ];

    [Fact]
    public void Every_assembly_of_the_product_is_looked_at() =>
        Types.Select(t => t.Assembly.GetName().Name).Distinct().Should().Contain(
            ["Parity.Core", "Parity.Onnx", "Parity.Lowering", "Parity.Engine", "Parity.Conformance", "Parity.Suites", "Parity.Reports", "Parity.Adapters.OnnxRuntime", "Parity.Adapters.Remote", "Parity.Adapters.Replay", "parity"]);

    [Fact]
    public void Every_backend_and_execution_provider_is_listed()
    {
        Composition.Backends.Select(b => b.GetType()).Should().Contain(Implementing<IBackend>());
        Composition.Backends.OfType<OnnxRuntimeBackend>().Should().HaveCount(Enum.GetValues<ExecutionProvider>().Length);
        Composition.Backends.Select(b => b.Name).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Every_kind_of_task_is_listed() => Composition.TaskKinds.Select(k => k.GetType()).Should().BeEquivalentTo(Implementing<ITaskKind>());

    [Fact]
    public void Every_format_of_datasets_is_listed() => DatasetFormats.All.Select(f => f.GetType()).Should().BeEquivalentTo(Implementing<IDatasetFormat>());

    [Fact]
    public void Every_rule_of_diagnosis_is_listed_under_an_id_of_its_own()
    {
        DiagnosisRules.All.Select(r => r.GetType()).Should().BeEquivalentTo(Implementing<IRule>());
        DiagnosisRules.All.Select(r => r.Id).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Every_suppression_is_listed() => Suppressions.All.Select(s => s.GetType()).Should().BeEquivalentTo(Implementing<ISuppression>());

    [Fact]
    public void Every_decoder_is_listed_under_its_kind() =>
        BoxDecoders.All.Select(d => d.Kind).Should().BeEquivalentTo(
            Implementing<IBoxDecoder>().Select(t => ((IBoxDecoder)RuntimeHelpers.GetUninitializedObject(t)).Kind).Distinct());

    [Fact]
    public void Every_profile_is_listed() =>
        TargetProfiles.All.Should().BeEquivalentTo(Types
            .SelectMany(t => t.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static))
            .Where(p => p.PropertyType == typeof(TargetProfile)).Select(p => (TargetProfile)p.GetValue(null)!), o => o.ComparingByValue<TargetProfile>());

    [Fact]
    public void Every_command_is_in_the_help()
    {
        string help = CommandLine.Run("--help").Output;

        foreach (Type type in Types.Where(t => t.Namespace == "Parity.Cli.Commands" && t.GetMethod("Create", BindingFlags.Public | BindingFlags.Static) is not null))
            help.Should().Contain($"  {((Command)type.GetMethod("Create")!.Invoke(null, null)!).Name} ", type.Name);
    }

    [Fact]
    public void Every_enum_of_a_record_is_written_as_a_word()
    {
        var seen = new HashSet<Type>();
        Visit(typeof(RunRecord));
        Visit(typeof(VerdictRecord));
        Visit(typeof(FindingsRecord));
        Visit(typeof(LayerMap));

        Type[] enums = [.. seen.Where(t => t.IsEnum)];
        enums.Should().Contain([typeof(Verdict), typeof(DivergenceState)]);
        foreach (Type type in enums)
            JsonSerializer.Serialize(Enum.GetValues(type).GetValue(0), type, RunJson.Files.Options).Should().StartWith("\"", type.Name);

        void Visit(Type type)
        {
            foreach (Type inner in type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments())
                Visit(inner);
            if (type.Namespace?.StartsWith("Parity", StringComparison.Ordinal) == true && seen.Add(type) && !type.IsEnum)
                foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
                    Visit(property.PropertyType);
        }
    }

    private static IEnumerable<Type> Implementing<T>() => Types.Where(t => typeof(T).IsAssignableFrom(t) && t is { IsAbstract: false, IsInterface: false }).ToList();
}
