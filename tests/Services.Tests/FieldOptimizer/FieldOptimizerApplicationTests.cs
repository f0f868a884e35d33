using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;
using Sjc.FieldOptimizer;

namespace Sjc.Services.Tests.FieldOptimizer;

public sealed class FieldOptimizerApplicationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("sjc.field.v1.FieldService")]
    public async Task Health_StartedServer_IsServing(string service)
    {
        await using WebApplication application = await StartAsync();
        using GrpcChannel channel = GrpcChannel.ForAddress(FieldOptimizerApplication.Address(application));

        HealthCheckResponse response = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest { Service = service }, cancellationToken: Token);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, response.Status);
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public async Task Reflection_Environment_IsThereInDevelopmentAlone(string environment, bool expected)
    {
        await using WebApplication application = await StartAsync($"--environment={environment}");
        using GrpcChannel channel = GrpcChannel.ForAddress(FieldOptimizerApplication.Address(application));
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo(cancellationToken: Token);

        bool found = false;
        try
        {
            // A refusal may come before, with or after the write.
            await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, Token);
            found = await call.ResponseStream.MoveNext(Token)
                && call.ResponseStream.Current.ListServicesResponse.Service.Any(service => service.Name == "sjc.field.v1.FieldService");
        }
        catch (Grpc.Core.RpcException exception) when (exception.StatusCode == Grpc.Core.StatusCode.Unimplemented)
        {
            // As where there is no such service.
        }

        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData("--Optimizer:MaxRunningJobs=0", "MaxRunningJobs")]
    [InlineData("--Optimizer:StoreFolder=", "StoreFolder")]
    [InlineData("--Optimizer:StopTimeout=00:00:00", "Optimizer:StopTimeout must be in [1 s, 1 h], but is 00:00:00.")]
    [InlineData("--Optimizer:Renderer=gpu", "Optimizer:Renderer must be auto, cpu or cuda:N, but is gpu.")]
    [InlineData("--Optimizer:Renderer=cuda:1023", "Optimizer:Renderer must be a usable GPU, but is cuda:1023: ")]
    [InlineData("--Scorer:Address=ftp://x", "Scorer:Address must be http, https or dns addresses with commas between them, but is ftp://x.")]
    [InlineData("--Scorer:GiveUpAfter=2.00:00:00", "Scorer:GiveUpAfter must be in [10 ms, 24 h], but is 2.00:00:00.")]
    [InlineData("--Scorer:MaxRetryDelay=00:00:00.05", "Scorer:MaxRetryDelay must be at least RetryDelay")]
    [InlineData("--Telemetry:OtlpEndpoint=collector", "Telemetry:OtlpEndpoint must be an http or https address, but is collector.")]
    [InlineData("--Telemetry:OtlpEndpoint=ftp://collector", "Telemetry:OtlpEndpoint must be an http or https address, but is ftp://collector.")]
    [InlineData("--Telemetry:TraceRatio=2", "The field TraceRatio must be between 0 and 1.")]
    public async Task Start_BadSetting_SaysWhich(string argument, string expected)
    {
        OptionsValidationException exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(argument));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_LogFile_HoldsTheSettings()
    {
        string log = folder["optimizer.log"];
        await using (WebApplication application = FieldOptimizerApplication.Build(
            [$"--Optimizer:StoreFolder={folder.Path}"], new FieldOptimizerHosting { Url = "http://127.0.0.1:0", Quiet = true, LogFile = log }))
        {
            await application.StartAsync(Token);
            await application.StopAsync(Token);
        }

        Assert.Contains("MaxRunningJobs = 2", await File.ReadAllTextAsync(log, Token), StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartAsync(params string[] arguments)
    {
        WebApplication application = FieldOptimizerApplication.Build(
            [$"--Optimizer:StoreFolder={folder.Path}", .. arguments], new FieldOptimizerHosting { Url = "http://127.0.0.1:0", Quiet = true });
        try
        {
            await application.StartAsync(Token);
            return application;
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }
}
