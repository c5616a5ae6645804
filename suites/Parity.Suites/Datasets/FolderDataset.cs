using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Parity.Core;

namespace Parity.Suites.Datasets;

/// <summary>The JPEG and PNG files of one folder in ordinal order of their names, without ground truth. A sample's id is its file's name.</summary>
public sealed class FolderDataset : IDataset
{
    private readonly string _folder;

    private FolderDataset(string folder, ImmutableArray<Sample> samples)
    {
        _folder = folder;
        Samples = samples;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', samples.Select(s => s.Name).Prepend("folder")))));
    }

    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_folder)));

    public ImmutableArray<Sample> Samples { get; }

    public string Sha256 { get; }

    /// <exception cref="FaultException">The folder cannot be listed, or holds no pictures.</exception>
    public static FolderDataset Open(string folder) => Open(folder, []);

    /// <param name="exclude">Names of files to leave out, such as those that are also evaluated.</param>
    /// <exception cref="FaultException">Also when an excluded file is not there: the list is then out of date.</exception>
    public static FolderDataset Open(string folder, ImmutableArray<string> exclude)
    {
        string[] paths;
        try
        {
            paths = Directory.GetFiles(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException($"the folder cannot be listed: {e.Message.TrimEnd('.')}", folder, "Correct the path in the suite, or fetch the dataset.");
        }
        ImmutableArray<Sample> samples = [.. paths.Where(IsPicture).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal).Select(n => new Sample(n, n))];
        if (samples.IsEmpty)
            throw new FaultException("the folder holds no .jpg, .jpeg or .png file", folder, "Give the folder of the pictures itself; folders in it are not searched.");
        var missing = exclude.Except(samples.Select(s => s.Name)).Select(name => new Fault($"there is no '{name}' to exclude", folder, "Correct the list 'exclude'.")).ToImmutableArray();
        if (!missing.IsEmpty)
            throw new FaultException(missing);
        return new FolderDataset(folder, [.. samples.Where(s => !exclude.Contains(s.Name))]);
    }

    public Picture Read(Sample sample) => PictureFile.Read(Path.Combine(_folder, sample.Name));

    public string? ContentSha256(Sample sample) => PictureFile.Sha256(Path.Combine(_folder, sample.Name));

    public IDataset Take(int count) => count >= Samples.Length ? this : new FolderDataset(_folder, Samples[..count]);

    private static bool IsPicture(string path) => Path.GetExtension(path).ToLowerInvariant() is ".jpg" or ".jpeg" or ".png";
}
