using Parity.Browser.Tests;

[assembly: AssemblyFixture(typeof(ReportInChromium))]

namespace Parity.Browser.Tests;

/// <summary>Tests of how long a page takes for something: nothing else may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Undisturbed
{
    public const string Name = "undisturbed";
}
