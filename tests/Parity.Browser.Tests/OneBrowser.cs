namespace Parity.Browser.Tests;

/// <summary>All classes share one Chromium and one set of reports.</summary>
[CollectionDefinition(Name)]
public sealed class OneBrowser : ICollectionFixture<ReportInChromium>
{
    public const string Name = "one browser";
}
