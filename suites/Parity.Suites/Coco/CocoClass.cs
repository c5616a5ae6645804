namespace Parity.Suites.Coco;

/// <summary>One entry of COCO's <c>categories</c>.</summary>
public sealed record CocoClass(long Id, string Name);
