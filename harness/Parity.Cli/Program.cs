using System.CommandLine;
using Parity.Cli;
using Parity.Cli.Commands;
using Parity.Cli.Terminal;
using Parity.Core;

var root = new RootCommand("Does the model I ship on this chip answer as the float model I trained, and if not, which quantized node is to blame?")
{
    RunCommand.Create(),
    CompareCommand.Create(),
    JudgeCommand.Create(),
    ReportCommand.Create(),
    DiagnoseCommand.Create(),
    LowerCommand.Create(),
    InspectCommand.Create(),
    ServeModelCommand.Create(),
    ConformanceCommand.Create(),
    TargetsCommand.Create(),
    CocoEvalCommand.Create(),
};

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    // Of a misspelt command the parser says first that a command is missing.
    foreach (var error in parsed.UnmatchedTokens.Count > 0 && parsed.CommandResult.Command is RootCommand ? parsed.Errors.Skip(1) : parsed.Errors)
        Console.Error.WriteLine($"parity: {error.Message}");
    Console.Error.WriteLine($"Try: parity {string.Join(' ', parsed.CommandResult.Command is RootCommand ? [] : new[] { parsed.CommandResult.Command.Name, "" })}--help");
    return ExitCode.BadInput;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
}
catch (FaultException e)
{
    Faults.Print(e);
    return ExitCode.BadInput;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("parity: stopped. What is finished is kept: the same command with --resume goes on from there.");
    return ExitCode.CouldNotRun;
}
