using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Sjc.Contracts.Score.V1;
using Sjc.ScoreServer;
using Sjc.Services.Tests.ScoreServer.Hosting;
using StreamCall = Grpc.Core.AsyncDuplexStreamingCall<Sjc.Contracts.Score.V1.ScoreStreamRequest, Sjc.Contracts.Score.V1.ScoreStreamResponse>;

namespace Sjc.Services.Tests.ScoreServer;

public sealed class ScoreServerApplicationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_WhileLoading_ServesOnlyWhenModelsAreWarm()
    {
        using ManualResetEventSlim open = new();
        TestFactory slow = new("slow", () =>
        {
            open.Wait();
            return TinyPictures.Create();
        });
        await using ScoreServerHost host = await ScoreServerHost.StartLoadingAsync([slow]);
        Health.HealthClient health = new(host.Channel);

        HealthCheckResponse before = await health.CheckAsync(new HealthCheckRequest(), cancellationToken: Cancellation);
        Model listed = (await host.Client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Cancellation)).Models[0];
        open.Set();
        await host.Application.WaitUntilReadyAsync(Cancellation);
        HealthCheckResponse after = await health.CheckAsync(new HealthCheckRequest { Service = "sjc.score.v1.ScoreService" }, cancellationToken: Cancellation);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, before.Status);
        Assert.Equal(("slow", false), (listed.Name, listed.Ready));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, after.Status);
    }

    [Fact]
    public async Task Score_ModelStillLoading_WaitsForIt()
    {
        using ManualResetEventSlim open = new();
        TestFactory slow = new("slow", () =>
        {
            open.Wait();
            return TinyPictures.Create();
        });
        await using ScoreServerHost host = await ScoreServerHost.StartLoadingAsync([slow]);

        AsyncUnaryCall<ScoreResponse> call = host.Client.ScoreAsync(Requests.Score("slow"), cancellationToken: Cancellation);
        open.Set();

        Assert.NotNull((await call).Gradient);
    }

    [Fact]
    public async Task Stop_RequestsAccepted_AnswersThemAll()
    {
        using DeviceGate gate = new();
        ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory], "--Batching:MaxBatchRows=2");
        using StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation);
        gate.Close();
        for (ulong id = 0; id < 10; id++)
        {
            await call.SendAsync(id, Requests.Score(DeviceGate.Kind));
        }

        await call.SendAsync(99, Requests.Score("")); // its refusal says that all before it were accepted
        Assert.Equal(99ul, (await call.ReadAsync()).Id);
        Task stopping = host.Application.StopAsync(Cancellation);
        gate.Open();
        List<ulong> answered = [];
        RpcException end = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (ScoreStreamResponse answer in call.ResponseStream.ReadAllAsync(Cancellation))
            {
                Assert.NotNull(answer.Response);
                answered.Add(answer.Id);
            }
        });

        await stopping;
        Assert.Equal(StatusCode.Unavailable, end.StatusCode);
        Assert.True(end.GetRpcStatus()!.GetDetail<RetryInfo>().RetryDelay.ToTimeSpan() > TimeSpan.Zero);
        await host.DisposeAsync();
        Assert.Equal(Enumerable.Range(0, 10).Select(id => (ulong)id), answered.Order());
    }

    [Fact]
    public async Task Health_OfAModel_IsItsOwnAndEndsWithTheServer()
    {
        using DeviceGate gate = new();
        ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory], "--Models:1:Name=later", "--Models:1:Kind=exact", "--Models:1:Load=OnFirstUse");
        Health.HealthClient health = new(host.Channel);
        using StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation);
        using AsyncServerStreamingCall<HealthCheckResponse> watch = health.Watch(new HealthCheckRequest { Service = $"sjc.score.v1.ScoreService/{DeviceGate.Kind}" }, cancellationToken: Cancellation);
        gate.Close();
        await call.SendAsync(1, Requests.Score(DeviceGate.Kind));
        await gate.PassBegunAsync();

        HealthCheckResponse later = await health.CheckAsync(new HealthCheckRequest { Service = "sjc.score.v1.ScoreService/later" }, cancellationToken: Cancellation);
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(async () =>
            await health.CheckAsync(new HealthCheckRequest { Service = "sjc.score.v1.ScoreService/none" }, cancellationToken: Cancellation));
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        HealthCheckResponse.Types.ServingStatus before = watch.ResponseStream.Current.Status;
        Task stopping = host.Application.StopAsync(Cancellation);
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation)); // while what was accepted still runs
        gate.Open();
        Assert.NotNull((await call.ReadAsync()).Response);
        await stopping;
        await host.DisposeAsync();

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, later.Status);
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        Assert.Equal((HealthCheckResponse.Types.ServingStatus.Serving, HealthCheckResponse.Types.ServingStatus.NotServing), (before, watch.ResponseStream.Current.Status));
    }

    [Fact]
    public async Task Start_ModelCannotBeLoaded_SaysWhyAndStops()
    {
        TestFactory broken = new("broken", () => throw new InvalidDataException("The weights must be whole, but are not."));
        await using ScoreServerHost host = await ScoreServerHost.StartLoadingAsync([broken]);

        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => host.Application.WaitUntilReadyAsync(Cancellation));
        await host.Application.WaitForShutdownAsync(Cancellation);

        Assert.Equal("The weights must be whole, but are not.", error.Message);
    }

    [Fact]
    public async Task Calls_ModelThatCannotBeLoaded_GiveNoPathAway()
    {
        const string Folder = "/somewhere/secret";
        await using ScoreServerHost host = await ScoreServerHost.StartAsync(
            [TinyPictures.Factory], "--Models:1:Name=lost", $"--Models:1:Path={Folder}/weights.safetensors", "--Models:1:Load=OnFirstUse");

        RpcException score = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ScoreAsync(Requests.Score("lost"), cancellationToken: Cancellation));
        RpcException described = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.GetModelAsync(new GetModelRequest { Name = "lost" }, cancellationToken: Cancellation));
        ListModelsResponse listed = await host.Client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Cancellation);

        Assert.Equal((StatusCode.FailedPrecondition, StatusCode.FailedPrecondition), (score.StatusCode, described.StatusCode));
        Assert.All([score.GetRpcStatus()!.ToString(), described.GetRpcStatus()!.ToString(), listed.ToString()], text => Assert.DoesNotContain("secret", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public async Task Reflection_ByEnvironment_IsThereInDevelopmentAlone(string environment, bool expected)
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], $"--environment={environment}");
        using AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call =
            new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo(cancellationToken: Cancellation);
        bool isThere;
        try
        {
            await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, Cancellation);
            isThere = await call.ResponseStream.MoveNext(Cancellation)
                && call.ResponseStream.Current.ListServicesResponse.Service.Any(service => service.Name == "sjc.score.v1.ScoreService");
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unimplemented)
        {
            isThere = false;
        }

        Assert.Equal(expected, isThere);
    }

    [Theory]
    [InlineData("--Batching:MaxBatchRows=1", "The field MaxBatchRows must be between 2 and 256.")]
    [InlineData("--Batching:DeterministicRows=1", "Batching:DeterministicRows must be 0 or at least 2, but is 1.")]
    [InlineData("--Batching:MaxDelay=02:00:00", "Batching:MaxDelay must be in [0, 1 h], but is 02:00:00.")]
    [InlineData("--Tenants:0:Weight=0", "Tenants:0:Name must be set and unique, but is empty.")]
    [InlineData("--Security:ApiKeys:0:Tenant=a", "Security:ApiKeys:0:Sha256 must be 64 hexadecimal digits, but is 0 characters.")]
    [InlineData("--Security:ApiKeyFile=/nowhere", "Security:ApiKeyFile must be a file, but is /nowhere.")]
    [InlineData("--Security:ApiKeyFile=/dev/null", "Security:ApiKeyFile must hold lines of a key's SHA-256 and its tenant, but does not: It holds no key.")]
    [InlineData("--Security:ClientAuthorityFile=/nowhere.pem", "Security:ClientAuthorityFile must be a file, but is /nowhere.pem.")]
    [InlineData("--Telemetry:OtlpEndpoint=collector", "Telemetry:OtlpEndpoint must be an http or https address, but is collector.")]
    [InlineData("--Security:Jwt:KeyFile=/etc/hostname", "Security:Jwt:KeyFile must be a JSON web key set or a public key in PEM, but is not: ")]
    [InlineData("--Security:ClientAuthorityFile=/etc/hostname", "Security:ClientAuthorityFile must hold certificates in PEM, but does not: It holds no certificate.")]
    [InlineData("--Admin:KeySha256=abc", "Admin:KeySha256 must be 64 hexadecimal digits, but is 3 characters.")]
    [InlineData("--Telemetry:MetricsUrl=nonsense", "Telemetry:MetricsUrl must be an http or https address, but is nonsense.")]
    [InlineData("--Telemetry:MetricsUrl=http://localhost:0", "Telemetry:MetricsUrl must name a port, such as http://localhost:5211, but is http://localhost:0.")]
    [InlineData("--Batching:QueueCapacityRows=4", "Batching:QueueCapacityRows must be at least MaxBatchRows (16), but is 4.")]
    [InlineData("--Api:MaxImagesPerRequest=0", "The field MaxImagesPerRequest must be between 1 and 1024.")]
    [InlineData("--PromptCacheEntries=0", "PromptCacheEntries must be in [1, 1000000], but is 0.")]
    [InlineData("--Models:0:Device=tpu", "Models:0:Device must be cpu or cuda:N, but is tpu.")]
    [InlineData("--Models:0:Kind=magic", "Kind of model a must be one of checkpoint, ")]
    [InlineData("--Models:1:Name=a", "Models:1:Name must be unique, but is a again.")]
    public async Task Start_BadOption_IsRefusedWithItsName(string option, string message)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using WebApplication application = ScoreServerApplication.Build(
                ["--Models:0:Name=a", "--Models:0:Kind=exact", option], new ScoreServerHosting { Url = "http://127.0.0.1:0", Quiet = true });
            await application.StartAsync(Cancellation);
        });

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
