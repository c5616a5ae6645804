using System.Diagnostics;
using Parity.Engine.Measuring;
using Spectre.Console;

namespace Parity.Cli.Terminal;

/// <summary>Shows a run's stages as bars on a terminal, and as one line per stage anywhere else.</summary>
public static class Progress
{
    public static T Watch<T>(Func<IRunObserver, T> work)
    {
        if (Console.IsOutputRedirected || Console.IsErrorRedirected || !AnsiConsole.Profile.Capabilities.Ansi)
            return work(new Lines());
        T result = default!;
        AnsiConsole.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
            .Start(context => result = work(new Bars(context)));
        return result;
    }

    private sealed class Bars(ProgressContext context) : IRunObserver
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, ProgressTask> _tasks = [];
        private ProgressTask? _open;

        public void Begin(string stage, int total)
        {
            lock (_lock)
            {
                // Two streams read side by side are one stage.
                if (_tasks.TryGetValue(stage, out ProgressTask? running) && !running.IsFinished)
                    return;
                // A stage without a known length ends when the next one begins.
                if (_open is { IsIndeterminate: true } open)
                {
                    open.IsIndeterminate = false;
                    open.Value = open.MaxValue;
                    open.StopTask();
                }
                ProgressTask task = context.AddTask(Markup.Escape(stage), maxValue: Math.Max(1, total));
                task.IsIndeterminate = total == 0;
                _tasks[stage] = _open = task;
            }
        }

        public void Advance(string stage, int done)
        {
            lock (_lock)
                _tasks[stage].Value = done;
        }

        public void Note(string text) => AnsiConsole.MarkupLineInterpolated($"[yellow]note[/] {text}");
    }

    private sealed class Lines : IRunObserver
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, (int Total, long Start)> _stages = [];

        public void Begin(string stage, int total)
        {
            lock (_lock)
            {
                if (!_stages.TryAdd(stage, (total, Stopwatch.GetTimestamp())))
                    return;
            }
            if (total == 0)
                Console.Error.WriteLine($"{stage} ...");
        }

        public void Advance(string stage, int done)
        {
            (int Total, long Start) running;
            lock (_lock)
            {
                if (!_stages.TryGetValue(stage, out running) || done != running.Total)
                    return;
                _stages.Remove(stage);
            }
            Console.Error.WriteLine(FormattableString.Invariant($"{stage}: {done} in {Stopwatch.GetElapsedTime(running.Start).TotalSeconds:0.0} s"));
        }

        public void Note(string text) => Console.Error.WriteLine($"note: {text}");
    }
}
