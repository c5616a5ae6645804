using Parity.Core;

namespace Parity.Cli.Terminal;

/// <summary>Prints wrong input to standard error: each fault as what, where and what to do.</summary>
public static class Faults
{
    public static void Print(FaultException e)
    {
        Console.Error.WriteLine(e.Faults.Length == 1 ? "parity: wrong input" : $"parity: {e.Faults.Length} things are wrong with the input");
        foreach (Fault fault in e.Faults)
        {
            Console.Error.WriteLine($"  {fault.Where}");
            Console.Error.WriteLine($"    what: {fault.What}");
            Console.Error.WriteLine($"    do:   {fault.Remedy}");
        }
    }
}
