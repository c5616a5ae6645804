using Parity.Engine.Measuring;

namespace Parity.Engine.Tests.Fakes;

public sealed class Quiet : IRunObserver
{
    public List<string> Notes { get; } = [];

    public void Begin(string stage, int total) { }

    public void Advance(string stage, int done) { }

    public void Note(string text) => Notes.Add(text);
}
