using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sjc.Services.Tests.FieldOptimizer.Scoring;

/// <summary>A scorer on a loopback port, that can die and come back.</summary>
internal sealed class FakeScorer : IAsyncDisposable
{
    private WebApplication? application;

    public FakeScorerBehavior Behavior { get; } = new();

    /// <summary>Where it listens; the same after a restart.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    public static async Task<FakeScorer> StartNewAsync()
    {
        FakeScorer scorer = new();
        await scorer.StartAsync();
        return scorer;
    }

    /// <summary>Starts it, on its old port where it had one.</summary>
    public async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address.ToString());
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        builder.Services.AddSingleton(Behavior);
        builder.Services.AddGrpc();
        application = builder.Build();
        application.MapGrpcService<FakeScoreService>();
        application.MapGrpcService<FakeHealthService>();
        await application.StartAsync(TestContext.Current.CancellationToken);
        Address = new Uri(application.Urls.First());
    }

    /// <summary>Breaks all connections and stops listening.</summary>
    public async Task DieAsync()
    {
        if (application is not null)
        {
            await application.DisposeAsync();
            application = null;
        }
    }

    public async ValueTask DisposeAsync() => await DieAsync();
}
