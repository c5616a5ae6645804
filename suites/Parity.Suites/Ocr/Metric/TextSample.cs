namespace Parity.Suites.Ocr;

/// <summary>One line or word as labelled and as read.</summary>
public sealed record TextSample(string Id, string Truth, string Predicted);
