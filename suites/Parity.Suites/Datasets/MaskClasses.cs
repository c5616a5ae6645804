using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Metrics;
using Parity.Suites.Segmentation;

namespace Parity.Suites.Datasets;

/// <summary>Which class each label of a mask file stands for.</summary>
/// <param name="Names">Classes in the order of the model's.</param>
/// <param name="Rest">The class of all labels that are not named; null where such a label is a fault.</param>
/// <param name="ClassOf">256 entries by label: a class index, <see cref="IClassMaps.Ignored"/>, or null for a label that nothing was said of.</param>
public sealed record MaskClasses(ImmutableArray<string> Names, int? Rest, ImmutableArray<byte?> ClassOf)
{
    private const int MostClasses = 255;

    /// <summary>Keys <c>classes</c>, a list of {name, labels: [1, 2] or rest}, and <c>ignore</c>, a list of labels.</summary>
    public static MaskClasses Read(Settings settings)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        var classOf = new byte?[256];
        int? rest = null;
        foreach (SettingsValue item in settings.Items("classes"))
        {
            if (item.Section is not { } section)
            {
                settings.Faults.Add("a class is not a section", item.Where, "Write {name: person, labels: [1]}.");
                continue;
            }
            if (names.Count == MostClasses)
            {
                settings.Faults.Add($"there are more than {MostClasses} classes", item.Where, "Put classes together: a mask holds a byte a pixel.");
                break;
            }
            names.Add(section.Text("name"));
            bool isRest = section.Entries.TryGetValue("labels", out SettingsValue? labels) && labels.Text == "rest";
            if (isRest && section.Has("labels"))
            {
                if (rest is not null)
                    settings.Faults.Add("a second class takes the rest", labels!.Where, "Give it the labels it stands for.");
                rest = names.Count - 1;
            }
            else
            {
                Assign(section, "labels", section.Numbers("labels"), (byte)(names.Count - 1), classOf);
            }
            section.RejectUnknown();
        }
        if (names.Count < 2)
            settings.Faults.Add($"'classes' has {names.Count} classes", settings.Where, "List at least two; the rest of the picture is one too.");
        foreach (string twice in names.GroupBy(MeasurementName.Word).Where(g => g.Count() > 1).Select(g => g.Key))
            settings.Faults.Add($"two classes are called '{twice}'", settings.Where, "Give each class a name of its own.");
        Assign(settings, "ignore", settings.Numbers("ignore", fallback: []), IClassMaps.Ignored, classOf);
        return new MaskClasses(names.ToImmutable(), rest, [.. classOf.Select(c => c ?? (byte?)rest)]);
    }

    private static void Assign(Settings settings, string key, ImmutableArray<double> labels, byte to, byte?[] classOf)
    {
        foreach (double label in labels)
        {
            if (label is < 0 or > 255 || label != Math.Floor(label))
                settings.Faults.Add(FormattableString.Invariant($"'{key}' names {label}, which is no label"), settings.Entries[key].Where, "Labels are whole numbers from 0 to 255.");
            else if (classOf[(int)label] is not null)
                settings.Faults.Add(FormattableString.Invariant($"'{key}' names label {label}, which stands elsewhere too"), settings.Entries[key].Where, "Name a label once.");
            else
                classOf[(int)label] = to;
        }
    }
}
