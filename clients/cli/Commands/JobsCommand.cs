using System.CommandLine;
using Sjc.Cli.Jobs;
using Sjc.Cli.Options;
using Sjc.Cli.Runs;
using Sjc.Cli.Services;
using Sjc.Contracts.Field.V1;
using Spectre.Console;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc jobs …</c>: jobs of a running optimizer.</summary>
internal sealed class JobsCommand
{
    private static readonly Uri DefaultAddress = new($"http://localhost:{ServiceAddress.DefaultOptimizerPort}");

    private readonly CliConsole console;
    private readonly Option<Uri?> optimizer = ServiceAddress.Optimizer($"[{DefaultAddress.OriginalString}]");
    private readonly Argument<string> id = new("id") { Description = "The job's id." };

    private JobsCommand(CliConsole console)
    {
        this.console = console;
        optimizer.Recursive = true;
    }

    public static Command Create(CliConsole console)
    {
        JobsCommand jobs = new(console);
        return new Command("jobs", "Jobs of a running field optimizer.")
        {
            jobs.optimizer,
            jobs.List(),
            jobs.OnJob("show", "One job, as JSON.", jobs.ShowAsync),
            jobs.OnJob("watch", "Show a job's progress until it is at rest.", jobs.WatchAsync),
            jobs.OnJob("pause", "Stop a job after its current iteration, with a checkpoint.", async (client, job, token) => jobs.Say((await client.PauseJobAsync(new() { Id = job }, cancellationToken: token)).Job)),
            jobs.OnJob("resume", "Queue a paused or failed job again.", async (client, job, token) => jobs.Say((await client.ResumeJobAsync(new() { Id = job }, cancellationToken: token)).Job)),
            jobs.OnJob("cancel", "End a job for good, with a checkpoint.", async (client, job, token) => jobs.Say((await client.CancelJobAsync(new() { Id = job }, cancellationToken: token)).Job)),
            jobs.OnJob("delete", "Remove an ended or paused job and its files.", jobs.DeleteAsync),
            jobs.CreateJob(),
        };
    }

    private Command List()
    {
        Command command = new("list", "All jobs, latest first.");
        command.SetAction((parsed, cancellationToken) => WithClientAsync(parsed, client => ListAsync(client, cancellationToken)));
        return command;
    }

    private Command CreateJob()
    {
        Argument<string> prompt = new("prompt") { Description = "What to make." };
        Option<string?> requestId = CliOptions.Text("--request-id", "ID", "Makes the call idempotent: the same id with the same spec is the same job.");
        Option<bool> watch = new("--watch") { Description = "Show its progress until it is at rest." };
        JobSpecOptions spec = new();
        Command command = new("create", "Create and queue a job.") { prompt, requestId, watch };
        spec.AddTo(command);
        command.SetAction((parsed, cancellationToken) => WithClientAsync(parsed, async client =>
        {
            CreateJobRequest request = new() { RequestId = parsed.GetValue(requestId) ?? string.Empty, Spec = spec.Read(parsed, parsed.GetRequiredValue(prompt)) };
            Job job = (await client.CreateJobAsync(request, cancellationToken: cancellationToken)).Job;
            Say(job);
            return parsed.GetValue(watch) ? await WatchAsync(client, job.Id, cancellationToken) : ExitCode.Success;
        }));
        return command;
    }

    private Command OnJob(string name, string description, Func<FieldService.FieldServiceClient, string, CancellationToken, Task<int>> action)
    {
        Command command = new(name, description) { id };
        command.SetAction((parsed, cancellationToken) => WithClientAsync(parsed, client => action(client, parsed.GetRequiredValue(id), cancellationToken)));
        return command;
    }

    private async Task<int> WithClientAsync(ParseResult parsed, Func<FieldService.FieldServiceClient, Task<int>> action)
    {
        await using ServiceConnection connection = ServiceConnection.To(parsed.GetValue(optimizer) ?? DefaultAddress);
        return await action(connection.Optimizer);
    }

    private async Task<int> ListAsync(FieldService.FieldServiceClient client, CancellationToken cancellationToken)
    {
        Table table = new Table().AddColumns("id", "state", "iteration", "model", "prompt", "created");
        string page = string.Empty;
        do
        {
            ListJobsResponse response = await client.ListJobsAsync(new ListJobsRequest { PageSize = 1000, PageToken = page }, cancellationToken: cancellationToken);
            foreach (Job job in response.Jobs)
            {
                string iteration = $"{job.Progress?.Iteration ?? 0}/{job.Progress?.Iterations ?? job.Spec.Iterations}";
                string[] cells = [job.Id, JobTexts.Of(job.State), iteration, job.Spec.Model, JobTexts.Subject(job.Spec), $"{job.CreateTime?.ToDateTime():yyyy-MM-dd HH:mm:ss}"];
                table.AddRow([.. cells.Select(Markup.Escape)]);
            }

            page = response.NextPageToken;
        }
        while (page.Length > 0);
        console.Output.Write(table);
        return ExitCode.Success;
    }

    private async Task<int> ShowAsync(FieldService.FieldServiceClient client, string job, CancellationToken cancellationToken)
    {
        GetJobResponse response = await client.GetJobAsync(new GetJobRequest { Id = job }, cancellationToken: cancellationToken);
        console.WriteLine(RunRecord.ToText(response.Job));
        return ExitCode.Success;
    }

    private async Task<int> WatchAsync(FieldService.FieldServiceClient client, string job, CancellationToken cancellationToken)
    {
        JobFollower follower = new(client, new JobProgressDisplay(console, TimeProvider.System), new LossHistory(), previewPath: null);
        Job ended = await follower.FollowAsync(job, cancellationToken);
        return ended.State == JobState.Failed ? throw CommandException.Failure($"The job {job} failed: {ended.Error}") : Say(ended);
    }

    private async Task<int> DeleteAsync(FieldService.FieldServiceClient client, string job, CancellationToken cancellationToken)
    {
        await client.DeleteJobAsync(new DeleteJobRequest { Id = job }, cancellationToken: cancellationToken);
        console.WriteLine($"{job}  deleted");
        return ExitCode.Success;
    }

    private int Say(Job job)
    {
        string hash = job.FieldSha256.Length > 0 ? $"  field {job.FieldSha256}" : string.Empty;
        console.WriteLine($"{job.Id}  {JobTexts.Of(job.State)}  {job.Progress?.Iteration ?? 0}/{job.Progress?.Iterations ?? job.Spec.Iterations}{hash}");
        return ExitCode.Success;
    }
}
