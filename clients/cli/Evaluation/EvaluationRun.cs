using System.Diagnostics;
using Grpc.Core;
using Sjc.Cli.Reports;
using Sjc.Cli.Runs;
using Sjc.Cli.Services;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Tensors;
using Sjc.Diffusion.Shapes;
using Sjc.Diffusion.Training;

namespace Sjc.Cli.Evaluation;

/// <summary>Makes objects of the catalogue through both services and compares them with the truth.</summary>
internal sealed class EvaluationRun(CliConsole console, EvaluationRequest request)
{
    /// <summary>Runs it.</summary>
    /// <returns>Per kind and for the case <c>mean</c>: silhouette_iou, foreground_psnr, seconds.</returns>
    public async Task<BenchReport> RunAsync(CancellationToken cancellationToken)
    {
        string jobs = Path.Combine(request.Folder, "jobs");
        Directory.CreateDirectory(jobs);
        await using ServiceConnection scorer = await ServiceHosting.OpenScorerAsync(null, Path.Combine(request.Folder, "score-server.log"), cancellationToken);
        await using ServiceConnection optimizer = await ServiceHosting.OpenOptimizerAsync(
            null, jobs, scorer.Address, Path.Combine(request.Folder, "field-optimizer.log"), cancellationToken);
        ObjectResult[] results = new ObjectResult[request.Objects.Count];
        ParallelOptions options = new() { MaxDegreeOfParallelism = request.Parallel, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, results.Length, options, async (i, token) =>
        {
            results[i] = await MakeAsync(optimizer.Optimizer, request.Objects[i], token);
            lock (console)
            {
                console.WriteLine($"{results[i].Shape.Prompt,-22} IoU {results[i].SilhouetteIou:F3}  PSNR {results[i].ForegroundPsnr:F1} dB  {results[i].Seconds:F0} s");
            }
        });
        WriteContactSheet(results);
        return Report(results);
    }

    private async Task<ObjectResult> MakeAsync(FieldService.FieldServiceClient client, ShapeObject shape, CancellationToken cancellationToken)
    {
        Stopwatch elapsed = Stopwatch.StartNew();
        JobSpec spec = request.Spec.Clone();
        (spec.Prompt, spec.PreviewEvery) = (shape.Prompt, 0);
        Job job = (await client.CreateJobAsync(new CreateJobRequest { RequestId = Guid.NewGuid().ToString("N"), Spec = spec }, cancellationToken: cancellationToken)).Job;
        using (AsyncServerStreamingCall<WatchJobResponse> watch = client.WatchJob(new WatchJobRequest { Id = job.Id }, cancellationToken: cancellationToken))
        {
            await foreach (WatchJobResponse update in watch.ResponseStream.ReadAllAsync(cancellationToken))
            {
                job = update.Job;
            }
        }

        if (job.State != JobState.Succeeded)
        {
            throw CommandException.Failure($"The job of \"{shape.Prompt}\" must succeed, but is {job.State}: {job.Error}");
        }

        double seconds = elapsed.Elapsed.TotalSeconds;
        ObjectResult result = FieldEvaluation.Compare(shape, await RenderAsync(client, job.Id, cancellationToken), seconds);
        await client.DeleteJobAsync(new DeleteJobRequest { Id = job.Id }, cancellationToken: cancellationToken);
        return result;
    }

    private static async Task<IReadOnlyList<(float[] Image, float[] Opacity)>> RenderAsync(FieldService.FieldServiceClient client, string id, CancellationToken cancellationToken)
    {
        RenderViewsRequest template = new()
        {
            Id = id,
            Width = HeldOutView.Size,
            Height = HeldOutView.Size,
            FovDegrees = HeldOutView.FieldOfViewDegrees,
            IncludeTensors = true,
        };
        OrbitView[] views = [.. HeldOutView.All.Select(view => new OrbitView { AzimuthDegrees = view.AzimuthDegrees, ElevationDegrees = view.ElevationDegrees })];
        RenderViewsResponse[] responses = await ViewDownload.RenderAsync(client, template, views, cancellationToken);
        return [.. responses.Select(response => (TensorCodec.Decode(response.Image), TensorCodec.Decode(response.Opacity)))];
    }

    private void WriteContactSheet(ObjectResult[] results)
    {
        IReadOnlyList<float[]>[] rows = [.. results.SelectMany(result => (IReadOnlyList<float[]>[])[result.Truths, result.Pictures])];
        SampleSheet.Write(rows, HeldOutView.Size, HeldOutView.Size, Path.Combine(request.Folder, "contact-sheet.png"));
    }

    private BenchReport Report(ObjectResult[] results)
    {
        BenchReport report = new($"evaluate {request.Spec.Model}");
        foreach (IGrouping<string, ObjectResult> kind in results.GroupBy(result => result.Shape.Kind.Name))
        {
            Add(report, kind.Key, kind);
        }

        Add(report, "mean", results);
        return report;
    }

    private static void Add(BenchReport report, string name, IEnumerable<ObjectResult> results)
    {
        report.Add(name, "silhouette_iou", results.Average(result => result.SilhouetteIou));
        report.Add(name, "foreground_psnr", results.Average(result => result.ForegroundPsnr), "dB");
        report.Add(name, "seconds", results.Average(result => result.Seconds), "s");
    }
}
