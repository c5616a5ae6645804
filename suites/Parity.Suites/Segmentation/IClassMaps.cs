using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Imaging;

namespace Parity.Suites.Segmentation;

/// <summary>Ground truth that a dataset must offer for semantic segmentation. Safe to use from several threads.</summary>
public interface IClassMaps
{
    /// <summary>A pixel of the truth that has no class and is not measured.</summary>
    public const byte Ignored = 255;

    /// <summary>In the order of the model's classes; at most 255.</summary>
    ImmutableArray<string> Classes { get; }

    /// <summary>The class of all that has no other, which is not drawn; null when every class is a thing of its own.</summary>
    int? Rest { get; }

    /// <summary>Each pixel's class index, or <see cref="Ignored"/>.</summary>
    /// <exception cref="FaultException">The mask is missing, damaged or has a label that the suite does not name.</exception>
    LabelMap ClassesOf(string sampleId);
}
