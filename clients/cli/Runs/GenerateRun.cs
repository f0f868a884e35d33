using System.Diagnostics;
using Grpc.Core;
using Sjc.Cli.Jobs;
using Sjc.Cli.Options;
using Sjc.Cli.Reports;
using Sjc.Cli.Services;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;

namespace Sjc.Cli.Runs;

/// <summary>Text to 3D from start to end: services, job, progress, files.</summary>
internal sealed class GenerateRun(CliConsole console, GenerateRequest request, TimeProvider time)
{
    /// <summary>Longest wait for a job to reach its checkpoint after Ctrl-C.</summary>
    private static readonly TimeSpan PauseTimeout = TimeSpan.FromSeconds(60);

    private readonly RunFolder folder = request.Folder;
    private readonly RunLog log = new(console, request.Folder.Log, time);
    private readonly Dictionary<string, double> timings = [];
    private readonly long start = Stopwatch.GetTimestamp();

    /// <summary>Runs until the field is done and its files are written, or until it is stopped.</summary>
    /// <returns>See <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        RunRecord? earlier = RunRecord.Read(folder);
        bool isNew = !Directory.Exists(folder.Path);
        PrepareFolder(earlier);
        try
        {
            return await RunAsync(earlier, cancellationToken);
        }
        finally
        {
            if (isNew && !File.Exists(folder.Record) && Directory.Exists(folder.Path))
            {
                Directory.Delete(folder.Path, recursive: true); // The request was refused, or stopped before there was a job.
            }
        }
    }

    private async Task<int> RunAsync(RunRecord? earlier, CancellationToken cancellationToken)
    {
        await using ServiceConnection scorer = await ServiceHosting.OpenScorerAsync(request.Scorer, folder.ScorerLog, cancellationToken);
        Model? model = request.Spec is { } spec ? await CheckPromptAsync(scorer, spec, cancellationToken) : null;
        await using ServiceConnection optimizer = await ServiceHosting.OpenOptimizerAsync(request.Optimizer, folder.Jobs, scorer.Address, folder.OptimizerLog, cancellationToken, request.Renderer);
        timings["start_seconds"] = Stopwatch.GetElapsedTime(start).TotalSeconds;

        FieldService.FieldServiceClient client = optimizer.Optimizer;
        Job job = earlier is not null && request.Spec is null
            ? await TakeUpAsync(client, earlier, cancellationToken)
            : (await client.CreateJobAsync(new CreateJobRequest { RequestId = Guid.NewGuid().ToString("N"), Spec = request.Spec }, cancellationToken: cancellationToken)).Job;
        RunRecord record = Describe(job, model, earlier) with { State = "running" };
        record.Write(folder);
        log.Write($"{JobTexts.Subject(job.Spec)}: {job.Spec.Iterations} iterations with model {job.Spec.Model}, seed {job.Spec.Seed}, in {folder.Path}");

        LossHistory history = LossHistory.Read(folder.Losses);
        try
        {
            job = await new JobFollower(client, new JobProgressDisplay(console, time), history, folder.Preview).FollowAsync(job.Id, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            job = await PauseAsync(client, job.Id);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
        {
            history.Write(folder.Losses);
            throw CommandException.Failure($"{ServiceRefusals.Describe(exception)} Go on with: {ResumeCommand}", exception);
        }

        timings["optimize_seconds"] = job.Progress.ElapsedSeconds;
        timings["score_seconds"] = job.Progress.ScoreSeconds;
        return await FinishAsync(client, job, record, history, cancellationToken);
    }

    private string ResumeCommand => $"./sjc generate --resume {folder.Path}";

    private async Task<int> FinishAsync(FieldService.FieldServiceClient client, Job job, RunRecord record, LossHistory history, CancellationToken cancellationToken)
    {
        record = record with { State = JobTexts.Of(job.State), FieldSha256 = job.FieldSha256 };
        history.Write(folder.Losses);
        switch (job.State)
        {
            case JobState.Succeeded:
                RunOutputs outputs = new(client, folder, request.Views);
                await outputs.WriteAsync(job, history, cancellationToken);
                timings["total_seconds"] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                record = record with
                {
                    Timings = timings.Concat(outputs.Timings).ToDictionary(),
                    Outputs = FilesOf(folder),
                    Notes = outputs.Notes,
                };
                record.Write(folder);
                Report(record);
                return ExitCode.Success;

            case JobState.Paused:
                (record with { Timings = timings }).Write(folder);
                log.Write($"Stopped at iteration {job.CheckpointIteration} of {job.Progress.Iterations}, with a checkpoint. Go on with:");
                log.Write($"  {ResumeCommand}");
                return cancellationToken.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Success;

            default:
                record.Write(folder);
                string reason = job.State == JobState.Failed ? $"failed: {job.Error} Go on with: {ResumeCommand}" : $"is {JobTexts.Of(job.State)}.";
                throw CommandException.Failure($"The job {job.Id} {reason}");
        }
    }

    private void PrepareFolder(RunRecord? earlier)
    {
        if (request.Spec is null)
        {
            return;
        }

        if (earlier is { State: not "succeeded" } && !request.Overwrite)
        {
            throw CommandException.Usage($"{folder.Path} holds an unfinished run: go on with it ({ResumeCommand}), or replace it (--overwrite).");
        }

        CliOptions.CreateFolder("--out", folder.Path);
        foreach (string file in new[] { folder.Record, folder.Losses, folder.Log, folder.ScorerLog, folder.OptimizerLog, folder.TurntableMp4 })
        {
            File.Delete(file);
        }

        if (Directory.Exists(folder.Jobs))
        {
            Directory.Delete(folder.Jobs, recursive: true);
        }
    }

    private async Task<Model?> CheckPromptAsync(ServiceConnection scorer, JobSpec spec, CancellationToken cancellationToken)
    {
        // A running optimizer has a scorer of its own; only the one that this run knows can be asked.
        if (request.Optimizer is not null && request.Scorer is null)
        {
            return null;
        }

        Model model = await ModelChoice.FindAsync(scorer.Scorer, spec.Model, cancellationToken);
        await ModelChoice.RequireKnownWordsAsync(scorer.Scorer, model, [spec.Prompt, spec.NegativePrompt], cancellationToken);
        spec.Model = model.Name;
        return model;
    }

    private static async Task<Job> TakeUpAsync(FieldService.FieldServiceClient client, RunRecord earlier, CancellationToken cancellationToken)
    {
        Job job = (await client.GetJobAsync(new GetJobRequest { Id = earlier.JobId }, cancellationToken: cancellationToken)).Job;
        return job.State is JobState.Paused or JobState.Failed
            ? (await client.ResumeJobAsync(new ResumeJobRequest { Id = job.Id }, cancellationToken: cancellationToken)).Job
            : job;
    }

    private async Task<Job> PauseAsync(FieldService.FieldServiceClient client, string id)
    {
        log.Write("Stopping after this iteration; Ctrl-C again ends at once.");
        using CancellationTokenSource limit = new(PauseTimeout);
        try
        {
            await client.PauseJobAsync(new PauseJobRequest { Id = id }, cancellationToken: limit.Token);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.FailedPrecondition)
        {
            // It ended just before; the watch below says how.
        }

        JobProgressDisplay silent = new(CliConsole.To(TextWriter.Null), time);
        return await new JobFollower(client, silent, new LossHistory(), previewPath: null).FollowAsync(id, limit.Token);
    }

    private RunRecord Describe(Job job, Model? model, RunRecord? earlier) => new()
    {
        Prompt = job.Spec.Prompt,
        Seed = job.Spec.Seed,
        State = JobTexts.Of(job.State),
        JobId = job.Id,
        Scorer = request.Scorer,
        Optimizer = request.Optimizer,
        Views = request.Views,
        Options = RunRecord.ToJson(job.Spec),
        Model = model is null ? earlier?.Model?.DeepClone() : RunRecord.ToJson(model),
        Started = request.Spec is null && earlier is not null ? earlier.Started : time.GetUtcNow(),
        Environment = MachineDescription.ToJson(),
    };

    private static SortedDictionary<string, long> FilesOf(RunFolder folder)
    {
        IEnumerable<FileInfo> files = new DirectoryInfo(folder.Path).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => !file.FullName.StartsWith(folder.Jobs, StringComparison.Ordinal) && file.Extension != ".log" && file.FullName != folder.Record);
        return new(files.ToDictionary(file => Path.GetRelativePath(folder.Path, file.FullName), file => file.Length), StringComparer.Ordinal);
    }

    private void Report(RunRecord record)
    {
        foreach (string note in record.Notes)
        {
            log.Write($"note: {note}");
        }

        string film = record.Outputs.ContainsKey("turntable.webp") ? "turntable.webp, " : string.Empty;
        log.Write($"Done in {JobTexts.Duration(record.Timings["total_seconds"])}: {film}contact-sheet.png, mesh.glb and {record.Outputs.Count} files in all in {folder.Path}");
    }
}
