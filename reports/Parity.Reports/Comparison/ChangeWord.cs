using Parity.Core;

namespace Parity.Reports.Comparison;

/// <summary>A change between runs in a word, with a sign that tells it without colour.</summary>
public static class ChangeWord
{
    public static string Of(RunChange change) => change switch
    {
        RunChange.Better => "▲ better",
        RunChange.Worse => "▼ worse",
        RunChange.Same => "= same",
        RunChange.New => "+ new",
        RunChange.Gone => "− gone",
        _ => "? cannot be told",
    };
}
