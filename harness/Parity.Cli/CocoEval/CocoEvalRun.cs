using Parity.Core;
using Parity.Suites.Coco;

namespace Parity.Cli.CocoEval;

/// <summary>Reads the files, evaluates, prints and writes.</summary>
public static class CocoEvalRun
{
    /// <returns>The exit status.</returns>
    /// <exception cref="FaultException">Something is wrong with a file or with the names of statistics.</exception>
    public static int Run(CocoEvalRequest request, TextWriter output, CancellationToken stop)
    {
        foreach (string name in request.Statistics ?? [])
        {
            if (!request.Parameters.Statistics.Any(s => s.Name == name))
                throw new FaultException($"there is no statistic '{name}'", "--statistics", $"Choose among {string.Join(", ", request.Parameters.Statistics.Select(s => s.Name))}.");
        }
        int keypoints = request.Shape == CocoShape.Keypoints ? request.Sigmas.Length : 0;
        Task<CocoResults> resultsTask = Start(request.Threads, () => CocoResults.Open(request.Dt, request.Shape, keypoints, request.Threads));
        Task<CocoResults>? againstTask = request.Against is null ? null : Start(request.Threads, () => CocoResults.Open(request.Against, request.Shape, keypoints, request.Threads));
        var faults = new FaultList();
        using CocoGroundTruth? truth = faults.Catch(() => CocoGroundTruth.Open(request.Gt, request.Shape, request.Sigmas));
        using CocoResults? results = faults.Catch(() => resultsTask.GetAwaiter().GetResult());
        using CocoResults? against = againstTask is null ? null : faults.Catch(() => againstTask.GetAwaiter().GetResult());
        faults.ThrowIfAny();

        CocoEvaluation evaluation = Chosen(truth!.Evaluate(results!, request.Parameters, request.Threads), request);
        if (against is null)
            return CocoSummary.Write(request, truth, results!, evaluation, output);
        CocoEvaluation target = Chosen(truth.Evaluate(against, request.Parameters, request.Threads), request);
        return CocoDrop.Write(request, evaluation, target, output, stop);
    }

    private static CocoEvaluation Chosen(CocoEvaluation evaluation, CocoEvalRequest request) =>
        request.Statistics is { } names ? evaluation.Only(names) : evaluation;

    /// <summary>At once on a thread of its own when there may be several; else here and now.</summary>
    private static Task<T> Start<T>(int threads, Func<T> work) where T : class
    {
        if (threads > 1)
            return Task.Run(work);
        try
        {
            return Task.FromResult(work());
        }
        catch (FaultException e)
        {
            return Task.FromException<T>(e);
        }
    }
}
