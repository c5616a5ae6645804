using Parity.Suites.Coco;
using Parity.Suites.Tests.Detection;

namespace Parity.Suites.Tests.Coco;

/// <summary>Evaluates files as the command does.</summary>
internal static class CocoCase
{
    public static CocoEvaluation Evaluate(string truth, string results, CocoShape shape, CocoParameters? parameters = null, int threads = 1)
    {
        using CocoGroundTruth gt = CocoGroundTruth.Open(truth, shape, KeypointSigmas.Coco);
        using CocoResults dt = CocoResults.Open(results, shape, shape == CocoShape.Keypoints ? 17 : 0, threads);
        return gt.Evaluate(dt, parameters ?? (shape == CocoShape.Keypoints ? CocoParameters.Keypoints([20]) : CocoParameters.Default), threads);
    }

    /// <summary>From JSON texts.</summary>
    public static CocoEvaluation OfText(string truth, string results, CocoShape shape = CocoShape.Box, CocoParameters? parameters = null)
    {
        string folder = Directory.CreateTempSubdirectory("parity-coco").FullName;
        try
        {
            string gt = Path.Combine(folder, "gt.json"), dt = Path.Combine(folder, "dt.json");
            File.WriteAllText(gt, truth);
            File.WriteAllText(dt, results);
            return Evaluate(gt, dt, shape, parameters);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>From files of shared, unpacked where they are packed.</summary>
    public static CocoEvaluation OfShared(string truth, string results, CocoShape shape, int threads = 1)
    {
        string folder = Directory.CreateTempSubdirectory("parity-coco").FullName;
        try
        {
            return Evaluate(Unpacked(truth), Unpacked(results), shape, threads: threads);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        string Unpacked(string file)
        {
            if (!file.EndsWith(".xz", StringComparison.Ordinal))
                return SharedFolder.File(file);
            string to = Path.Combine(folder, Path.GetFileNameWithoutExtension(file));
            File.WriteAllBytes(to, SharedFolder.Bytes(file));
            return to;
        }
    }

    public static double[] Measure(CocoEvaluation evaluation)
    {
        var values = new double[evaluation.Kinds.Length];
        evaluation.Measure([.. Enumerable.Repeat(1, evaluation.SampleIds.Length)], values);
        return values;
    }
}
