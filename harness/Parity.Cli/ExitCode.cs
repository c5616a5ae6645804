using Parity.Core;

namespace Parity.Cli;

/// <summary>What a process's exit status says; see the README.</summary>
public static class ExitCode
{
    public const int Pass = 0;
    public const int Fail = 1;
    public const int Inconclusive = 2;
    public const int CouldNotRun = 3;
    public const int BadInput = 64;

    public static int Of(Verdict verdict) => verdict switch
    {
        Verdict.Pass => Pass,
        Verdict.Fail => Fail,
        Verdict.Inconclusive => Inconclusive,
        _ => CouldNotRun,
    };
}
