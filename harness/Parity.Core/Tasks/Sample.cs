namespace Parity.Core;

/// <summary>One input of a dataset.</summary>
/// <param name="Id">The dataset's own identifier, such as COCO's image id as text; unique in the dataset.</param>
/// <param name="Name">File name or the like, for people.</param>
public sealed record Sample(string Id, string Name);
