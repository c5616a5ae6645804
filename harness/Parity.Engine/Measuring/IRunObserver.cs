namespace Parity.Engine.Measuring;

/// <summary>Told what a run is doing, for progress bars. Calls come from several threads.</summary>
public interface IRunObserver
{
    /// <summary>A stage begins; <paramref name="total"/> steps, 0 when unknown.</summary>
    void Begin(string stage, int total);

    void Advance(string stage, int done);

    /// <summary>Something a person should know now: a bad sample, a target that cannot run.</summary>
    void Note(string text);
}
