using System.Collections.Immutable;
using Parity.Core;
using Parity.Lowering;

namespace Parity.Conformance;

/// <summary>Runs every rule that a target has.</summary>
public static class ConformanceRun
{
    /// <param name="nodeTests">Folder of ONNX node tests; null leaves them out.</param>
    /// <exception cref="FaultException">No such target, or no node tests in the folder.</exception>
    public static ConformanceRecord Of(string target, IBackend backend, string? nodeTests) => ConformanceRules.Targets.Contains(target)
        ? Of(target, TargetProfiles.All.FirstOrDefault(p => p.Name == target), backend, nodeTests)
        : throw new FaultException($"there is no target '{target}'", "--target", $"Take one of {string.Join(", ", ConformanceRules.Targets)}.");

    /// <inheritdoc cref="Of(string, IBackend, string?)"/>
    /// <param name="profile">Null of a chip that only has golden vectors.</param>
    public static ConformanceRecord Of(string target, TargetProfile? profile, IBackend backend, string? nodeTests)
    {
        ImmutableArray<Rule> rules = nodeTests is null ? ConformanceRules.All : ConformanceRules.All.AddRange(NodeTests.In(nodeTests), OwnNodeTests.In(nodeTests));
        DirectoryInfo folder = Directory.CreateTempSubdirectory("parity-conformance-");
        try
        {
            var subject = new Subject(target, profile, backend, folder.FullName);
            Availability availability = backend.Availability;
            string? notRun = availability.IsReady ? null : $"{availability.Reason}. {availability.Remedy}";
            return new ConformanceRecord(target, backend.Name, notRun, [.. rules.Where(r => r.AppliesTo(subject)).Select(r => r.Run(subject))]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
