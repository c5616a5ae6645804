namespace Parity.Suites.Detection;

/// <param name="Id">The dataset's category id, as in COCO's <c>categories</c>.</param>
public sealed record BoxCategory(int Id, string Name);
