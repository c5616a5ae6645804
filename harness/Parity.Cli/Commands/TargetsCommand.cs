using System.Collections.Immutable;
using System.CommandLine;
using Parity.Cli.Terminal;
using Parity.Core;
using Parity.Engine.Suites;
using Parity.Lowering;

namespace Parity.Cli.Commands;

/// <summary>`parity targets`: what can be measured here.</summary>
public static class TargetsCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files") { Description = "Files of chips (.yaml) to list and check in place of the product's targets", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("targets", "List every target and backend: how its numbers are made and how exact that is, by which source; ready, or why not and what to do") { files };
        command.SetAction(parsed =>
        {
            ImmutableArray<TargetProfile> profiles = Profiles(parsed.GetValue(files) ?? []);
            Tables.Print("targets (numeric profiles)", ["target", "what it is"], profiles.Select(p => ImmutableArray.Create(p.Name, p.Summary)), []);
            Tables.Print("how the numbers are made", ["target", "activations", "weights", "bias", "float"], profiles.Where(p => p.Quantization is not null).Select(p =>
                ImmutableArray.Create(p.Name, p.Quantization!.Activations.ToString(), p.Quantization.Weights.ToString(), p.Quantization.Bias.ToString(), p.Float.ToString())), []);
            Tables.Print("how exact the emulation is", ["target", "operators", "exactness", "why", "source"], profiles.SelectMany(p => p.Exactness.Select(c =>
                ImmutableArray.Create(p.Name, string.Join(", ", c.Operators), c.Exactness.ToString()!, c.Why, c.Source))), []);
            Tables.Print("flags (the first choice is the default)", ["target", "flag", "choices", "question", "source"], profiles.SelectMany(p => p.Flags.Select(f =>
                ImmutableArray.Create(p.Name, f.Name, string.Join(" | ", f.Choices.Select(c => c.Value)), f.Question, f.Source))), []);
            Tables.Print("assumed, and settled by no flag", ["target", "assumption"], profiles.SelectMany(p => p.Unknowns.Select(u => ImmutableArray.Create(p.Name, u))), []);
            Tables.Print("backends (what runs them)", ["backend", "state", "what to do"], Composition.Backends.Select(b =>
            {
                Availability a = b.Availability;
                return ImmutableArray.Create(b.Name, a.IsReady ? "ready" : a.Reason!, a.Remedy ?? "");
            }), []);
            return ExitCode.Pass;
        });
        return command;
    }

    private static ImmutableArray<TargetProfile> Profiles(string[] files)
    {
        if (files.Length == 0)
            return TargetProfiles.All;
        var faults = new FaultList();
        ImmutableArray<TargetProfile?> read = [.. files.Select(f => faults.Catch(() => ProfileFile.Read(f, f, "files").Profile))];
        faults.ThrowIfAny();
        return [.. read.Select(p => p!)];
    }
}
