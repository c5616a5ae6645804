using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Parity.Core;
using Parity.Suites.Imaging;
using Parity.Suites.Segmentation;

namespace Parity.Suites.Datasets;

/// <summary>
/// Pictures with a mask of class labels beside each, of the same name: the samples are the masks, in ordinal order of their names without
/// extension, which are the ids.
/// </summary>
public sealed class MaskDataset : IDataset, IClassMaps
{
    private static readonly ImmutableArray<string> Extensions = [".jpg", ".jpeg", ".png"];

    private readonly string _pictures;
    private readonly string _masks;
    private readonly MaskClasses _classes;
    private readonly string _truthSha256;

    private MaskDataset(string pictures, string masks, MaskClasses classes, ImmutableArray<Sample> samples, string truthSha256)
    {
        _pictures = pictures;
        _masks = masks;
        _classes = classes;
        _truthSha256 = truthSha256;
        Samples = samples;
        Sha256 = Hash(Encoding.UTF8.GetBytes(string.Join('\n', samples.Select(s => s.Id).Prepend($"masks {truthSha256}"))));
    }

    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_masks)));

    public ImmutableArray<Sample> Samples { get; }

    public string Sha256 { get; }

    public ImmutableArray<string> Classes => _classes.Names;

    public int? Rest => _classes.Rest;

    /// <param name="least">Keeps the samples of which a class covers more than a share, 0 to 1; null keeps all.</param>
    /// <exception cref="FaultException">No masks, or masks that cannot be read.</exception>
    public static MaskDataset Open(string pictures, string masks, MaskClasses classes, (int Class, double Share)? least)
    {
        string[] ids = [.. Directory.GetFiles(masks, "*.png").Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal)];
        if (ids.Length == 0)
            throw new FaultException("the folder holds no .png file", masks, "Give the folder of the masks itself; folders in it are not searched.");
        using var truth = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        truth.AppendData([.. classes.ClassOf.Select(c => c ?? IClassMaps.Ignored)]);
        var samples = ImmutableArray.CreateBuilder<Sample>();
        var faults = new FaultList();
        foreach (string id in ids)
        {
            LabelMap? labels = faults.Catch(() =>
            {
                byte[] bytes = PictureFile.Bytes(MaskPath(masks, id));
                truth.AppendData(SHA256.HashData(bytes));
                return PictureDecoder.DecodeLabels(bytes, MaskPath(masks, id));
            });
            if (labels is not null && (least is not { } wanted || Share(labels, classes, wanted.Class) > wanted.Share))
                samples.Add(new Sample(id, Path.GetFileName(PicturePath(pictures, id))));
        }
        faults.ThrowIfAny();
        return new MaskDataset(pictures, masks, classes, samples.ToImmutable(), Convert.ToHexStringLower(truth.GetHashAndReset()));
    }

    /// <exception cref="FaultException">Also when the mask does not fit the picture or has a label nothing was said of.</exception>
    public Picture Read(Sample sample)
    {
        Picture picture = PictureFile.Read(Path.Combine(_pictures, sample.Name));
        // What is wrong with the truth is found before a model runs on the picture.
        LabelMap map = ClassesOf(sample.Id);
        if ((map.Width, map.Height) != (picture.Width, picture.Height))
        {
            throw new FaultException($"the mask is {map.Width} x {map.Height} pixels, the picture {picture.Width} x {picture.Height}", MaskPath(_masks, sample.Id),
                "Use the masks that were made on these pictures; a side swapped with the other is often an EXIF orientation.");
        }
        return picture;
    }

    public LabelMap ClassesOf(string sampleId)
    {
        string path = MaskPath(_masks, sampleId);
        LabelMap labels = PictureDecoder.DecodeLabels(PictureFile.Bytes(path), path);
        var classes = new byte[labels.Values.Length];
        for (int i = 0; i < classes.Length; i++)
        {
            classes[i] = _classes.ClassOf[labels.Values[i]] ?? throw new FaultException(
                $"label {labels.Values[i]} belongs to no class", path, "Name it in the dataset's 'classes' or 'ignore', or give one class 'labels: rest'.");
        }
        return new LabelMap(labels.Width, labels.Height, classes);
    }

    public string? ContentSha256(Sample sample) => PictureFile.Sha256(Path.Combine(_pictures, sample.Name));

    public IDataset Take(int count) => count >= Samples.Length ? this : new MaskDataset(_pictures, _masks, _classes, Samples[..count], _truthSha256);

    private static double Share(LabelMap labels, MaskClasses classes, int index) =>
        (double)labels.Values.Count(l => classes.ClassOf[l] == index) / labels.Values.Length;

    private static string MaskPath(string masks, string id) => Path.Combine(masks, $"{id}.png");

    /// <summary>The first that is there; a missing one is found when it is read, so that a run lists it and goes on.</summary>
    private static string PicturePath(string pictures, string id) =>
        Extensions.Select(e => Path.Combine(pictures, id + e)).FirstOrDefault(File.Exists) ?? Path.Combine(pictures, id + Extensions[0]);

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
