using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parity.Benchmarks.Running;

/// <summary>
/// Peak resident memory of whole `parity run` processes on 100 and on 1,000 samples: the same pictures under more names. Run on FastestDet, whose own
/// memory is small. The kernel's figure, read while the process lives.
/// </summary>
internal static class MemoryFigures
{
    /// <summary>Predictions and their labels are kept by design: some KB a sample.</summary>
    private const double LimitMegabytes = 32;

    /// <returns>0 when the peaks differ by no more than the limit.</returns>
    public static int Print(TextWriter output)
    {
        string folder = Directory.CreateTempSubdirectory("parity-memory-").FullName;
        output.WriteLine($"peak memory of `parity run`, coco128-fastestdet with tensorrt; {CpuClock.Load()}");
        var few = Peak(folder, 100, output);
        var many = Peak(folder, 1000, output);
        Directory.Delete(folder, recursive: true);
        bool met = many.Loop - few.Loop <= LimitMegabytes;
        output.WriteLine(FormattableString.Invariant($"1,000 samples take {many.Loop - few.Loop:F1} MB more than 100 in the loop over samples, {many.Run - few.Run:F1} MB in the whole run; limit of the loop {LimitMegabytes:F0} MB: {(met ? "met" : "NOT MET")}"));
        return met ? 0 : 1;
    }

    private static (double Run, double Loop) Peak(string folder, int samples, TextWriter output)
    {
        string data = Path.Combine(folder, $"data{samples}");
        Copy(data, samples);
        string run = Path.Combine(folder, $"run{samples}");
        string[] words = [Path.Combine(AppContext.BaseDirectory, "parity.dll"), "run", Path.Combine(SharedSuite.Repository, "suites", "coco128-fastestdet.yaml"), "--data", data, "--out", run];
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo("dotnet", words) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        var stages = new List<string>();
        long loop = 0;
        process.ErrorDataReceived += (_, line) =>
        {
            // A stage's line comes when it is over; then the kernel starts a new peak.
            if (line.Data is not { } text || ReadPeak(process.Id) is not { } at)
                return;
            stages.Add(FormattableString.Invariant($"{at / 1e6:F0} MB in {text}"));
            if (text.StartsWith("measure:", StringComparison.Ordinal))
                loop = at;
            File.WriteAllText($"/proc/{process.Id}/clear_refs", "5");
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        long peak = 0;
        while (!process.WaitForExit(20))
            peak = Math.Max(peak, ReadPeak(process.Id) ?? 0);
        process.WaitForExit();
        using JsonDocument record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run, "run.json")));
        int measured = record.RootElement.GetProperty("timings").GetProperty("samplesMeasured").GetInt32();
        output.WriteLine(FormattableString.Invariant(
            $"  {measured,5} samples: peak {peak / 1e6,7:F1} MB, {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s, exit {process.ExitCode}; {CpuClock.Load()}"));
        output.WriteLine($"        {string.Join("; ", stages)}");
        return (peak / 1e6, loop / 1e6);
    }

    /// <summary>Bytes; null once the process has ended.</summary>
    private static long? ReadPeak(int process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
            return line is null ? null : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A data folder with links to the real pictures under as many names as samples are wanted, and annotations to match.</summary>
    private static void Copy(string data, int samples)
    {
        string images = Path.Combine(data, "coco", "images");
        Directory.CreateDirectory(images);
        Directory.CreateSymbolicLink(Path.Combine(data, "models"), Path.Combine(SharedSuite.Data, "models"));
        Directory.CreateSymbolicLink(Path.Combine(data, "calibration"), Path.Combine(SharedSuite.Data, "calibration"));
        JsonNode coco = JsonNode.Parse(File.ReadAllText(Path.Combine(SharedSuite.Data, "coco", "instances.json")))!;
        JsonObject[] pictures = [.. coco["images"]!.AsArray().Take(100).Select(i => i!.AsObject())];
        ILookup<long, JsonObject> boxes = coco["annotations"]!.AsArray().Select(a => a!.AsObject()).ToLookup(a => (long)a["image_id"]!);
        JsonArray newPictures = [], newBoxes = [];
        for (int i = 0; i < samples; i++)
        {
            JsonObject picture = pictures[i % pictures.Length];
            string file = $"{i:D6}.jpg";
            File.CreateSymbolicLink(Path.Combine(images, file), Path.Combine(SharedSuite.Data, "coco", "images", (string)picture["file_name"]!));
            JsonObject copy = picture.DeepClone().AsObject();
            (copy["id"], copy["file_name"]) = (i + 1, file);
            newPictures.Add((JsonNode)copy);
            foreach (JsonObject box in boxes[(long)picture["id"]!])
            {
                JsonObject newBox = box.DeepClone().AsObject();
                (newBox["id"], newBox["image_id"]) = (newBoxes.Count + 1, i + 1);
                newBoxes.Add((JsonNode)newBox);
            }
        }
        var all = new JsonObject { ["images"] = newPictures, ["annotations"] = newBoxes, ["categories"] = coco["categories"]!.DeepClone() };
        File.WriteAllText(Path.Combine(data, "coco", "instances.json"), all.ToJsonString());
    }
}
