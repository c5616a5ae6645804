using Parity.Engine.Measuring;

namespace Parity.Benchmarks.Running;

/// <summary>Shows nothing; tells when a stage begins and how far it is.</summary>
internal sealed class Silent(Action<string>? begun = null, Action<string, int>? advanced = null) : IRunObserver
{
    public void Begin(string stage, int total) => begun?.Invoke(stage);

    public void Advance(string stage, int done) => advanced?.Invoke(stage, done);

    public void Note(string text)
    {
    }
}
