using BenchmarkDotNet.Running;
using Parity.Benchmarks.Advising;
using Parity.Benchmarks.CocoEval;
using Parity.Benchmarks.Comparing;
using Parity.Benchmarks.Diagnosing;
using Parity.Benchmarks.Gating;
using Parity.Benchmarks.Reporting;
using Parity.Benchmarks.Running;

// The first word chooses what is measured in this process and printed; anything else goes to BenchmarkDotNet.
switch (args)
{
    case ["comparing", .. string[] options]:
        return ComparingFigures.Print(Console.Out, withLanes: options.Contains("--lanes"));
    case ["overlap", .. string[] options]:
        return OverlapFigures.Print(Console.Out, SharedSuite.Rounds(options, 5));
    case ["everything-else", .. string[] options]:
        return EverythingElseFigures.Print(Console.Out, SharedSuite.Rounds(options, 3));
    case ["memory"]:
        return MemoryFigures.Print(Console.Out);
    case ["remote", .. string[] options]:
        return RemoteFigures.Print(Console.Out, SharedSuite.Rounds(options, 200));
    case ["probing", .. string[] options]:
        return ProbingFigures.Print(Console.Out, SharedSuite.Rounds(options, 3));
    case ["coco-eval", .. string[] options]:
        return CocoEvalFigures.Print(Console.Out, SharedSuite.Rounds(options, 3), withBootstrap: !options.Contains("--no-bootstrap"), withLarge: options.Contains("--large"));
    case ["coverage"]:
        return CoverageFigures.Print(Console.Out);
    case ["emulation", .. string[] options]:
        return EmulationFigures.Print(Console.Out, [.. options]);
    case ["report-open", .. string[] options]:
        return await ReportOpenFigures.Print(Console.Out, SharedSuite.Rounds(options, 5));
    case ["advise-exhaustive", .. string[] options]:
        return ExhaustiveFigures.Print(Console.Out, options);
    case ["planted-faults", .. string[] options]:
        return PlantedFaultsFigures.Print(Console.Out, options);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(ComparingFigures).Assembly).Run(args);
        return 0;
}
