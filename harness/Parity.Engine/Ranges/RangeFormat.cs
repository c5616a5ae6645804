using System.Collections.Immutable;
using Parity.Core;
using Parity.Lowering;

namespace Parity.Engine.Ranges;

/// <summary>A vendor's text file of ranges.</summary>
/// <param name="Name">As given to --format.</param>
/// <param name="Recognises">Whether a text is of this format; formats are asked in the order of <see cref="RangeFile.Formats"/>.</param>
/// <param name="Read">Ranges by tensor; mistakes with their lines go to the list.</param>
/// <param name="Write">The text; what the format cannot hold goes to the list.</param>
public sealed record RangeFormat(
    string Name,
    string Summary,
    Func<string, bool> Recognises,
    Func<string, string, FaultList, ImmutableArray<NamedRange>> Read,
    Func<ImmutableArray<QuantizedRange>, FaultList, string> Write);

/// <summary>What a lowered model does with one activation.</summary>
/// <param name="Bits">Of the codes.</param>
/// <param name="Low">Smallest real value that has a code; <paramref name="High"/> the largest.</param>
public sealed record QuantizedRange(string Tensor, float Scale, int ZeroPoint, bool Signed, int Bits, float Low, float High);
