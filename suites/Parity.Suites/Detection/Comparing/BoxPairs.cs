namespace Parity.Suites.Detection;

/// <summary>Which instance of a target stands for which of the reference, by their boxes alone.</summary>
internal static class BoxPairs
{
    /// <summary>Each instance of the reference with the free one of its class that overlaps it most, from <see cref="BoxComparison.MatchIou"/> on; null where there is none.</summary>
    /// <param name="reference">By descending score; those below <paramref name="leastScore"/> are left out.</param>
    public static IEnumerable<(T Reference, T? Target)> Of<T>(IEnumerable<T> reference, IEnumerable<T> target, Func<T, DetectedBox> boxOf, float leastScore)
        where T : class
    {
        List<T> free = [.. target];
        foreach (T item in reference.Where(r => boxOf(r).Score >= leastScore))
        {
            DetectedBox box = boxOf(item);
            T? other = free.Where(f => boxOf(f).Category == box.Category && BoxIou.Of(boxOf(f), box) >= BoxComparison.MatchIou).MaxBy(f => BoxIou.Of(boxOf(f), box));
            if (other is not null)
                free.Remove(other);
            yield return (item, other);
        }
    }
}
