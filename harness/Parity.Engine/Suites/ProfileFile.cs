using Parity.Core;
using Parity.Lowering;

namespace Parity.Engine.Suites;

/// <summary>A chip as a file of data, where the product has no target for it.</summary>
/// <param name="Name">As the suite writes it.</param>
/// <param name="Text">Kept in the run folder, so that a run can be diagnosed without the file.</param>
public sealed record ProfileFile(string Name, string Text, TargetProfile Profile)
{
    /// <summary>In a target's folder of a run.</summary>
    public const string Kept = "profile.yaml";

    /// <summary>Whether a suite's or command's name of a target is that of a file.</summary>
    public static bool IsFile(string profile) => profile.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || profile.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    /// <param name="where">Who names the file.</param>
    /// <exception cref="FaultException">There is no such file, or all mistakes in it.</exception>
    public static ProfileFile Read(string path, string name, string where)
    {
        if (!File.Exists(path))
            throw new FaultException($"there is no profile '{path}'", where, "Put the chip's file beside the suite, or name a target that `parity targets` lists.");
        string text = File.ReadAllText(path);
        var faults = new FaultList();
        TargetProfile profile = ProfileReader.Read(YamlSettings.Parse(text, name, faults));
        faults.ThrowIfAny();
        return new ProfileFile(name, text, profile);
    }

    /// <summary>A target of the product by its name, or a chip by the path of its file.</summary>
    /// <exception cref="FaultException">Neither exists, or all mistakes of the file.</exception>
    public static TargetProfile Named(string nameOrPath, string where) => IsFile(nameOrPath) ? Read(nameOrPath, nameOrPath, where).Profile : TargetProfiles.Named(nameOrPath, where);
}
