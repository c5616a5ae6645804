using BenchmarkDotNet.Running;
using Parity.Benchmarks.Comparing;

// `-- comparing [--lanes]` measures in this process and prints figures; anything else goes to BenchmarkDotNet.
if (args is ["comparing", .. string[] options])
    return ComparingFigures.Print(Console.Out, withLanes: options.Contains("--lanes"));
BenchmarkSwitcher.FromAssembly(typeof(ComparingFigures).Assembly).Run(args);
return 0;
