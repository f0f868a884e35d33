using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;

namespace Sjc.Cli.Services;

/// <summary>A channel to a service, and the service itself where this process hosts it.</summary>
internal sealed class ServiceConnection : IAsyncDisposable
{
    /// <summary>Answers hold at most the scorer's 64 samples of a large model, or a few hundred pictures.</summary>
    private const int MaxMessageBytes = 256 * 1024 * 1024;

    private readonly GrpcChannel channel;
    private readonly WebApplication? application;

    private ServiceConnection(Uri address, WebApplication? application)
    {
        Address = address;
        this.application = application;
        channel = OpenChannel(address);
    }

    /// <summary>Where the service listens.</summary>
    public Uri Address { get; }

    /// <summary>Whether the service lives and ends with this process.</summary>
    public bool IsHosted => application is not null;

    /// <summary>The client, where the service is a scorer.</summary>
    public ScoreService.ScoreServiceClient Scorer => new(channel);

    /// <summary>The client, where the service is an optimizer.</summary>
    public FieldService.FieldServiceClient Optimizer => new(channel);

    /// <summary>A channel whose errors name the address that cannot be reached: gRPC leaves connecting to a handler of this kind, which says so.</summary>
    public static GrpcChannel OpenChannel(Uri address) =>
        GrpcChannel.ForAddress(address, new GrpcChannelOptions { MaxReceiveMessageSize = MaxMessageBytes, HttpHandler = new HttpClientHandler(), DisposeHttpClient = true });

    /// <summary>A service that runs elsewhere.</summary>
    public static ServiceConnection To(Uri address) => new(address, application: null);

    /// <summary>A started service of this process.</summary>
    public static ServiceConnection ToHosted(Uri address, WebApplication application) => new(address, application);

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        if (application is not null)
        {
            await application.StopAsync();
            await application.DisposeAsync();
        }
    }
}
