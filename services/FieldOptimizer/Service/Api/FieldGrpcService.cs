using Grpc.Core;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Field.V1;
using Sjc.FieldOptimizer.Jobs;

namespace Sjc.FieldOptimizer.Api;

/// <summary>FieldService of sjc.field.v1; the contract says what each call does.</summary>
internal sealed class FieldGrpcService(
    JobCatalog catalog, JobCreation creation, ViewRendering rendering, AssetExport export, IHostApplicationLifetime lifetime) : FieldService.FieldServiceBase
{
    private const int DefaultPageSize = 50;
    private const int MaxPageSize = 1000;

    public override async Task<CreateJobResponse> CreateJob(CreateJobRequest request, ServerCallContext context) =>
        new() { Job = (await creation.CreateAsync(request, context.CancellationToken)).Now.ToMessage() };

    public override Task<GetJobResponse> GetJob(GetJobRequest request, ServerCallContext context) =>
        Task.FromResult(new GetJobResponse { Job = Find(request.Id).Now.ToMessage() });

    public override Task<ListJobsResponse> ListJobs(ListJobsRequest request, ServerCallContext context)
    {
        FieldViolations violations = new();
        violations.Require(request.PageSize <= MaxPageSize, "page_size", $"be at most {MaxPageSize}", request.PageSize);
        JobPosition after = default;
        bool isFirst = request.PageToken.Length == 0;
        violations.Require(isFirst || PageToken.TryRead(request.PageToken, out after), "page_token", "come from the page before", request.PageToken);
        violations.ThrowIfAny();

        int size = request.PageSize == 0 ? DefaultPageSize : (int)request.PageSize;
        IReadOnlyList<JobSnapshot> jobs = catalog.List(isFirst ? null : after, size + 1);
        ListJobsResponse response = new() { Jobs = { jobs.Take(size).Select(job => job.ToMessage()) } };
        if (jobs.Count > size)
        {
            response.NextPageToken = PageToken.Write(JobPosition.Of(jobs[size - 1].Record));
        }

        return Task.FromResult(response);
    }

    public override async Task WatchJob(WatchJobRequest request, IServerStreamWriter<WatchJobResponse> responseStream, ServerCallContext context)
    {
        LiveJob job = Find(request.Id);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        int lastPoint = -1;
        PreviewPicture? lastPreview = null;
        await foreach (JobSnapshot snapshot in job.WatchAsync(ending.Token))
        {
            WatchJobResponse response = new() { Job = snapshot.ToMessage() };
            foreach (LossSample sample in job.Losses.After(lastPoint))
            {
                response.LossPoints.Add(sample.ToMessage());
                lastPoint = sample.Iteration;
            }

            if (request.Previews && snapshot.Preview is { } preview && preview != lastPreview)
            {
                response.Preview = preview.ToMessage();
                lastPreview = preview;
            }

            await responseStream.WriteAsync(response, ending.Token);
        }

        if (!catalog.TryGet(job.Id, out _))
        {
            throw NotFound(job.Id);
        }
    }

    public override async Task<PauseJobResponse> PauseJob(PauseJobRequest request, ServerCallContext context)
    {
        LiveJob job = Find(request.Id);
        Require(job.TryApply(new JobCommand.Pause()), job, "paused");
        await job.WhenStoppedAsync(context.CancellationToken);
        return new PauseJobResponse { Job = job.Now.ToMessage() };
    }

    public override Task<ResumeJobResponse> ResumeJob(ResumeJobRequest request, ServerCallContext context)
    {
        LiveJob job = Find(request.Id);
        Require(catalog.TryResume(job), job, "resumed");
        return Task.FromResult(new ResumeJobResponse { Job = job.Now.ToMessage() });
    }

    public override async Task<CancelJobResponse> CancelJob(CancelJobRequest request, ServerCallContext context)
    {
        LiveJob job = Find(request.Id);
        Require(job.TryApply(new JobCommand.Cancel()), job, "cancelled");
        await job.WhenStoppedAsync(context.CancellationToken);
        return new CancelJobResponse { Job = job.Now.ToMessage() };
    }

    public override Task<DeleteJobResponse> DeleteJob(DeleteJobRequest request, ServerCallContext context)
    {
        LiveJob job = Find(request.Id);
        Require(catalog.TryDelete(job), job, "deleted; pause or cancel it first");
        return Task.FromResult(new DeleteJobResponse());
    }

    public override Task RenderViews(RenderViewsRequest request, IServerStreamWriter<RenderViewsResponse> responseStream, ServerCallContext context) =>
        WhileServing(context, token => rendering.RunAsync(Find(request.Id), request, responseStream, token));

    public override Task ExportAsset(ExportAssetRequest request, IServerStreamWriter<ExportAssetResponse> responseStream, ServerCallContext context) =>
        WhileServing(context, token => export.RunAsync(Find(request.Id), request, responseStream, token));

    private async Task WhileServing(ServerCallContext context, Func<CancellationToken, Task> run)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        await run(ending.Token);
    }

    private LiveJob Find(string id) => catalog.TryGet(id, out LiveJob? job) ? job : throw NotFound(id);

    private static RpcException NotFound(string id) => RpcErrors.NotFound("JOB_UNKNOWN", $"There is no job {id}.").ToRpcException();

    private static void Require(bool accepted, LiveJob job, string wish)
    {
        if (!accepted)
        {
            string state = job.Now.Record.Status.State.ToString().ToUpperInvariant();
            throw RpcErrors.FailedPrecondition("JOB_STATE", $"Job {job.Id} is {state} and cannot be {wish}.").ToRpcException();
        }
    }
}
