namespace Parity.Suites.Coco;

/// <summary>The objects of a dataset in columns, in the order of the annotation file, which decides ties.</summary>
/// <param name="Samples">Index of each object's sample.</param>
/// <param name="Categories">Index of each object's category among the categories sorted by id; -1 is of no category and left out.</param>
public sealed record CocoTruth(int[] Samples, int[] Categories, CocoObject[] Objects);
