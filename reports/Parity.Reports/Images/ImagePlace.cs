using Parity.Core;

namespace Parity.Reports.Images;

/// <param name="Id">Anchor of its card.</param>
public sealed record ImagePlace(string Id, ImageRecord Image);
