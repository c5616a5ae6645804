namespace Parity.Suites.Coco;

/// <summary>Runs one piece of work on several threads at once.</summary>
internal static class Threads
{
    /// <summary>Returns when all have finished; throws the first exception as it was thrown.</summary>
    public static void Run(int count, Action work)
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
