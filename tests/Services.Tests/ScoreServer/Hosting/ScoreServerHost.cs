using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Sjc.Contracts.Score.V1;
using Sjc.ScoreServer;
using Sjc.ScoreServer.Models;

namespace Sjc.Services.Tests.ScoreServer.Hosting;

/// <summary>A score server in this process, on a free port of the loopback interface, and a client that speaks gRPC to it.</summary>
internal sealed class ScoreServerHost : IAsyncDisposable
{
    private ScoreServerHost(WebApplication application)
    {
        Application = application;
        Channel = GrpcChannel.ForAddress(application.Address(), new GrpcChannelOptions { MaxReceiveMessageSize = null });
        Client = new ScoreService.ScoreServiceClient(Channel);
    }

    public WebApplication Application { get; }

    public GrpcChannel Channel { get; }

    public ScoreService.ScoreServiceClient Client { get; }

    /// <summary>A server whose models are ready, of the kinds that the factories make; each model is named after its kind.</summary>
    public static async Task<ScoreServerHost> StartAsync(IModelFactory[] factories, params string[] args)
    {
        ScoreServerHost host = await StartLoadingAsync(factories, args);
        await host.Application.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>The same, with models that may still be loading.</summary>
    public static async Task<ScoreServerHost> StartLoadingAsync(IModelFactory[] factories, params string[] args)
    {
        IEnumerable<string> models = factories.SelectMany((factory, i) => (string[])[$"--Models:{i}:Name={factory.Kind}", $"--Models:{i}:Kind={factory.Kind}"]);
        WebApplication application = ScoreServerApplication.Build(
            [.. models, .. args],
            new ScoreServerHosting { Url = "http://127.0.0.1:0", Quiet = true },
            services =>
            {
                foreach (IModelFactory factory in factories)
                {
                    services.AddSingleton(factory);
                }
            });
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new ScoreServerHost(application);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Application.StopAsync(CancellationToken.None);
        await Application.DisposeAsync();
    }
}
