using System.Text.Json;
using Parity.Core;
using Parity.Engine.Runs;

namespace Parity.Engine.Advising;

/// <summary>What `parity advise` and `parity bisect` leave in their folder.</summary>
public static class AdviceFiles
{
    /// <summary>The suite with the plan.</summary>
    public static string Suite(string folder) => Path.Combine(folder, "suite.yaml");

    public static string Advice(string folder) => Path.Combine(folder, "advice.json");

    public static string Bisection(string folder) => Path.Combine(folder, "bisect.json");

    public static void Write(string folder, AdviceRecord advice) => RunFolder.WriteWhole(Advice(folder), stream => JsonSerializer.Serialize(stream, advice, RunJson.Files.AdviceRecord));

    public static void Write(string folder, BisectRecord bisection) => RunFolder.WriteWhole(Bisection(folder), stream => JsonSerializer.Serialize(stream, bisection, RunJson.Files.BisectRecord));
}
