using System.CommandLine;
using Parity.Cli.Terminal;
using Parity.Core;
using Parity.Lowering;

namespace Parity.Cli.Commands;

/// <summary>`parity targets`: what can be measured here.</summary>
public static class TargetsCommand
{
    public static Command Create()
    {
        var command = new Command("targets", "List every target and backend: ready, or why not and what to do");
        command.SetAction(_ =>
        {
            Tables.Print("targets (numeric profiles)", ["target", "what it is"], TargetProfiles.All.Select(p => System.Collections.Immutable.ImmutableArray.Create(p.Name, p.Summary)), []);
            Tables.Print("backends (what runs them)", ["backend", "state", "what to do"], Composition.Backends.Select(b =>
            {
                Availability a = b.Availability;
                return System.Collections.Immutable.ImmutableArray.Create(b.Name, a.IsReady ? "ready" : a.Reason!, a.Remedy ?? "");
            }), []);
            return ExitCode.Pass;
        });
        return command;
    }
}
