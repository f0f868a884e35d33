using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Sjc.ScoreServer.Api;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Admin;

/// <summary>The admin service on a port of its own, in a host of its own: nothing that reaches the other port reaches it.</summary>
internal sealed partial class AdminHost(IOptions<AdminOptions> options, ModelCatalogue catalogue, ILoggerFactory loggers, ILogger<AdminHost> logger) : IHostedService
{
    private WebApplication? _application;

    /// <summary>Where it listens; null where it is off or not started.</summary>
    public Uri? Address { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Port is not { } port)
        {
            return;
        }

        IPAddress address = IPAddress.Parse(options.Value.Address);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"], ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, port, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(catalogue);
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.AddSingleton(new AdminKeyInterceptor(options));
        builder.Services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<StatusInterceptor>();
            grpc.Interceptors.Add<AdminKeyInterceptor>();
        });
        _application = builder.Build();
        _application.MapGrpcService<AdminGrpcService>();
        await _application.StartAsync(cancellationToken);
        Address = new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        LogListening(Address);
        if (!IPAddress.IsLoopback(address))
        {
            if (options.Value.KeySha256.Length == 0)
            {
                LogExposed(address);
            }
            else
            {
                LogClear(address);
            }
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_application is not null)
        {
            await _application.StopAsync(cancellationToken);
            await _application.DisposeAsync();
        }
    }

    [LoggerMessage(EventId = 400, Level = LogLevel.Information, Message = "The admin service listens on {Address}.")]
    private partial void LogListening(Uri address);

    [LoggerMessage(EventId = 401, Level = LogLevel.Warning, Message = "The admin service listens on {Address}, beyond this machine: whoever reaches it may load any file that the server can read. Set Admin:KeySha256; see docs/models.md.")]
    private partial void LogExposed(IPAddress address);

    [LoggerMessage(EventId = 402, Level = LogLevel.Warning, Message = "The admin service listens on {Address}, beyond this machine: its key travels in the clear.")]
    private partial void LogClear(IPAddress address);

    /// <summary>Ends with the server that started it.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
