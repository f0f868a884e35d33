using System.Diagnostics;
using System.Security.Cryptography;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Sjc.Contracts.Admin.V1;
using Sjc.Contracts.Score.V1;
using Sjc.Diffusion;
using Sjc.ScoreServer.Admin;
using Sjc.Services.Tests.ScoreServer.Hosting;
using static TorchSharp.torch;
using AdminListRequest = Sjc.Contracts.Admin.V1.ListModelsRequest;
using AdminListResponse = Sjc.Contracts.Admin.V1.ListModelsResponse;
using ModelState = Sjc.Contracts.Admin.V1.ModelState;
using ScoreListRequest = Sjc.Contracts.Score.V1.ListModelsRequest;

namespace Sjc.Services.Tests.ScoreServer.Admin;

public sealed class AdminRpcTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Models_UnloadedAndLoaded_AreRefusedAndAnswerAgain()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Admin:Port=0");
        using GrpcChannel channel = Open(host);
        AdminService.AdminServiceClient admin = new(channel);
        EncodePromptsResponse prompts = await host.Client.EncodePromptsAsync(new EncodePromptsRequest { Model = TinyPictures.Kind, Prompts = { "a red car" } }, cancellationToken: Cancellation);

        ModelStatus unloaded = (await admin.UnloadModelAsync(new UnloadModelRequest { Name = TinyPictures.Kind }, cancellationToken: Cancellation)).Model;
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind), cancellationToken: Cancellation));
        AdminListResponse listed = await admin.ListModelsAsync(new AdminListRequest(), cancellationToken: Cancellation);
        ModelStatus loaded = (await admin.LoadModelAsync(new LoadModelRequest { Name = TinyPictures.Kind }, cancellationToken: Cancellation)).Model;

        Assert.Equal((ModelState.Unloaded, ModelState.Unloaded, ModelState.Ready), (unloaded.State, Assert.Single(listed.Models).State, loaded.State));
        Assert.Equal((StatusCode.FailedPrecondition, "MODEL_UNLOADED"), (refusal.StatusCode, refusal.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
        Assert.True(listed.ResidentBytes > 0);
        Assert.NotNull((await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind), cancellationToken: Cancellation)).Gradient);

        // The prompts of the model that was unloaded went with it.
        ScoreRequest byHandle = Requests.Score(TinyPictures.Kind);
        byHandle.Conditionings.Add(new Conditioning { PromptHandle = prompts.Prompts[0].Handle });
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ScoreAsync(byHandle, cancellationToken: Cancellation));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Unload_RequestsInFlight_AreAnsweredFirst()
    {
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory], "--Admin:Port=0");
        using GrpcChannel channel = Open(host);
        AdminService.AdminServiceClient admin = new(channel);
        gate.Close();
        Task<ScoreResponse> score = host.Client.ScoreAsync(Requests.Score(DeviceGate.Kind), cancellationToken: Cancellation).ResponseAsync;
        await gate.PassBegunAsync();

        Task<UnloadModelResponse> unload = admin.UnloadModelAsync(new UnloadModelRequest { Name = DeviceGate.Kind }, cancellationToken: Cancellation).ResponseAsync;
        ModelStatus status;
        do
        {
            status = (await admin.ListModelsAsync(new AdminListRequest(), cancellationToken: Cancellation)).Models[0];
        }
        while (status.State == ModelState.Ready); // until the call has reached the server

        Assert.Equal((ModelState.Unloading, 1u), (status.State, status.Uses));
        Assert.False(unload.IsCompleted);
        gate.Open();
        Assert.NotNull((await score).Gradient);
        Assert.Equal(ModelState.Unloaded, (await unload).Model.State);
    }

    [Fact]
    public async Task LoadModel_WithSettings_AddsAModel()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Admin:Port=0");
        using GrpcChannel channel = Open(host);
        AdminService.AdminServiceClient admin = new(channel);
        LoadModelRequest request = new() { Name = "shapes", Settings = new ModelSettings { Kind = "shapes" } };

        ModelStatus first = (await admin.LoadModelAsync(request, cancellationToken: Cancellation)).Model;
        ModelStatus again = (await admin.LoadModelAsync(request, cancellationToken: Cancellation)).Model;
        RpcException other = await Assert.ThrowsAsync<RpcException>(async () => await admin.LoadModelAsync(
            new LoadModelRequest { Name = "shapes", Settings = new ModelSettings { Kind = "exact" } }, cancellationToken: Cancellation));

        Assert.Equal((ModelState.Ready, first), (again.State, again));
        Assert.True(first.WeightBytes > 1_000_000);
        Assert.True(first.LoadSeconds > 0);
        Assert.Equal(StatusCode.AlreadyExists, other.StatusCode);
        Assert.Equal(["tiny", "shapes"], (await host.Client.ListModelsAsync(new ScoreListRequest(), cancellationToken: Cancellation)).Models.Select(model => model.Name));
    }

    [Theory]
    [InlineData(null, StatusCode.Unauthenticated)]
    [InlineData("Bearer another", StatusCode.Unauthenticated)]
    [InlineData("an operator's key", StatusCode.Unauthenticated)]
    [InlineData("Bearer an operator's key", StatusCode.OK)]
    public async Task ListModels_KeyIsOn_NeedsIt(string? shown, StatusCode expected)
    {
        string hash = Convert.ToHexString(SHA256.HashData("an operator's key"u8));
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Admin:Port=0", $"--Admin:KeySha256={hash}");
        using GrpcChannel channel = Open(host);
        StatusCode code = StatusCode.OK;
        try
        {
            await new AdminService.AdminServiceClient(channel).ListModelsAsync(
                new AdminListRequest(), shown is null ? [] : new Metadata { { "authorization", shown } }, cancellationToken: Cancellation);
        }
        catch (RpcException exception)
        {
            code = exception.StatusCode;
        }

        Assert.Equal(expected, code);
    }

    [Fact]
    public async Task LoadModel_FirstSettingsWereWrong_TakesOthers()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Admin:Port=0");
        using GrpcChannel channel = Open(host);
        AdminService.AdminServiceClient admin = new(channel);
        await Assert.ThrowsAsync<RpcException>(async () => await admin.LoadModelAsync(
            new LoadModelRequest { Name = "shapes", Settings = new ModelSettings { Path = "/nowhere/at/all" } }, cancellationToken: Cancellation));

        ModelStatus status = (await admin.LoadModelAsync(
            new LoadModelRequest { Name = "shapes", Settings = new ModelSettings { Kind = "shapes" } }, cancellationToken: Cancellation)).Model;

        Assert.Equal(ModelState.Ready, status.State);
        Assert.Equal(["tiny", "shapes"], (await host.Client.ListModelsAsync(new ScoreListRequest(), cancellationToken: Cancellation)).Models.Select(model => model.Name));
    }

    [Theory]
    [InlineData("", "", StatusCode.NotFound, "name must be one of tiny, but is empty.")]
    [InlineData("new", null, StatusCode.InvalidArgument, "Kind must be set where Path is empty, but is empty too.")]
    [InlineData("new", "magic", StatusCode.InvalidArgument, "Kind of model new must be one of")]
    [InlineData("new", "/nowhere/at/all", StatusCode.FailedPrecondition, "new must be loadable, but is not: ")]
    public async Task LoadModel_Bad_IsRefused(string name, string? what, StatusCode code, string detail)
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Admin:Port=0");
        using GrpcChannel channel = Open(host);
        LoadModelRequest request = new() { Name = name };
        if (what != "")
        {
            request.Settings = what switch
            {
                null => new ModelSettings(),
                ['/', ..] => new ModelSettings { Path = what },
                _ => new ModelSettings { Kind = what },
            };
        }

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await new AdminService.AdminServiceClient(channel).LoadModelAsync(request, cancellationToken: Cancellation));

        Assert.Equal(code, error.StatusCode);
        Assert.StartsWith(detail, error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AdminService_OtherPort_IsNotThere()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Admin:Port=0");
        using GrpcChannel admin = Open(host);

        RpcException onPublic = await Assert.ThrowsAsync<RpcException>(async () =>
            await new AdminService.AdminServiceClient(host.Channel).ListModelsAsync(new AdminListRequest(), cancellationToken: Cancellation));
        RpcException onAdmin = await Assert.ThrowsAsync<RpcException>(async () =>
            await new ScoreService.ScoreServiceClient(admin).ListModelsAsync(new ScoreListRequest(), cancellationToken: Cancellation));

        Assert.Equal((StatusCode.Unimplemented, StatusCode.Unimplemented), (onPublic.StatusCode, onAdmin.StatusCode));
        Assert.Equal("127.0.0.1", admin.Target.Split(':')[0]);
    }

    [Fact]
    public async Task AdminService_NoPort_IsOff()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);

        Assert.Null(host.Application.Services.GetRequiredService<AdminHost>().Address);
    }

    /// <summary>Each load takes 64 MiB; what is left over of twelve is less than two.</summary>
    [Fact]
    public async Task LoadAndUnload_ManyTimes_LeaveNoMemoryBehind()
    {
        TestFactory heavy = new("heavy", () => new HeavyDenoiser());
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([heavy], "--Admin:Port=0");
        using GrpcChannel channel = Open(host);
        AdminService.AdminServiceClient admin = new(channel);
        await CycleAsync(3);
        long before = Resident();
        await CycleAsync(12);

        Assert.InRange(Resident() - before, long.MinValue, 2 * HeavyDenoiser.ByteCount);

        async Task CycleAsync(int times)
        {
            for (int i = 0; i < times; i++)
            {
                await admin.LoadModelAsync(new LoadModelRequest { Name = "heavy" }, cancellationToken: Cancellation);
                await host.Client.ScoreAsync(Requests.Score("heavy"), cancellationToken: Cancellation);
                await admin.UnloadModelAsync(new UnloadModelRequest { Name = "heavy" }, cancellationToken: Cancellation);
            }
        }
    }

    private static long Resident()
    {
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static GrpcChannel Open(ScoreServerHost host) => GrpcChannel.ForAddress(host.Application.Services.GetRequiredService<AdminHost>().Address!);

    private sealed class HeavyDenoiser : IDenoiser
    {
        public const long ByteCount = 64L << 20;

        private readonly Tensor weights = ones(ByteCount / sizeof(float)).DetachFromDisposeScope();

        public DenoiserDescription Description { get; } = new() { Kind = "heavy", DataShape = TinyPictures.Shape, SigmaMin = 0.01, SigmaMax = 100 };

        public Condition Unconditional { get; } = new Nothing();

        public PromptEncoding EncodePrompt(string prompt) => new(Unconditional, 1, []);

        public Tensor Denoise(Tensor noisy, ReadOnlySpan<double> sigmas, IReadOnlyList<Condition> conditions) => noisy * weights[0];

        public void Dispose() => weights.Dispose();

        private sealed class Nothing : Condition;
    }
}
