namespace Parity.Suites.Coco;

/// <summary>Runs work on several threads at once.</summary>
internal static class Threads
{
    /// <summary>Does items 0 to <paramref name="count"/> - 1, each thread taking the next when it is done with one.</summary>
    /// <param name="own">What one thread needs for itself.</param>
    public static void Share<T>(int threads, int count, Func<T> own, Action<T, int> work)
    {
        int next = -1;
        Run(threads, () =>
        {
            T mine = own();
            for (int item = Interlocked.Increment(ref next); item < count; item = Interlocked.Increment(ref next))
                work(mine, item);
        });
    }

    /// <summary>Returns when all have finished; throws the first exception as it was thrown.</summary>
    private static void Run(int count, Action work)
    {
        if (count <= 1)
        {
            work();
            return;
        }
        Task[] others = [.. Enumerable.Range(1, count - 1).Select(_ => Task.Run(work))];
        try
        {
            work();
        }
        finally
        {
            Task.WaitAny(Task.WhenAll(others));
        }
        foreach (Task other in others)
            other.GetAwaiter().GetResult();
    }
}
