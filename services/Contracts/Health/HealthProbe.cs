using System.Text.RegularExpressions;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace Sjc.Contracts.Health;

/// <summary>Asks a running server whether it serves: the health check of containers that hold no shell and no other program.</summary>
public static partial class HealthProbe
{
    /// <summary>The argument that makes a server's program ask instead of serve: <c>PROGRAM health [ADDRESS]</c>.</summary>
    public const string Verb = "health";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Where a server of this container listens: what its environment says, or else a default.</summary>
    /// <param name="unset">The default.</param>
    /// <param name="urls">Addresses with semicolons between them, as ASPNETCORE_URLS has them; null: that variable.</param>
    public static string AddressOf(string unset, string? urls = null)
    {
        string[] known = (urls ?? Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return known is [string first, ..] ? Everywhere().Replace(first, "://localhost") : unset;
    }

    /// <summary>Asks and says the answer. A server on this machine may show any certificate: it is asked for its health and told nothing.</summary>
    /// <param name="address">Of the server, such as http://localhost:5201.</param>
    /// <param name="service">As grpc.health.v1 knows it, such as <c>sjc.score.v1.ScoreService</c>.</param>
    /// <param name="output">Receives one line.</param>
    /// <returns>The exit code: 0 where it serves, else 1.</returns>
    public static async Task<int> RunAsync(string address, string service, TextWriter output)
    {
        try
        {
            using GrpcChannel channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = HandlerFor(new Uri(address)), DisposeHttpClient = true });
            HealthCheckResponse response = await new Grpc.Health.V1.Health.HealthClient(channel)
                .CheckAsync(new HealthCheckRequest { Service = service }, deadline: DateTime.UtcNow + Timeout);
            await output.WriteLineAsync($"{address}: {response.Status}");
            return response.Status == HealthCheckResponse.Types.ServingStatus.Serving ? 0 : 1;
        }
        catch (Exception exception) when (exception is RpcException or UriFormatException or ArgumentException or InvalidOperationException)
        {
            await output.WriteLineAsync($"{address}: {exception.Message}");
            return 1;
        }
    }

    private static SocketsHttpHandler HandlerFor(Uri address)
    {
        SocketsHttpHandler handler = new();
        if (address.IsLoopback)
        {
#pragma warning disable CA5359 // The probe sends nothing that is secret, and knows no name by which a certificate could be checked.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return handler;
    }

    /// <summary>Hosts that stand for every address of the machine.</summary>
    [GeneratedRegex(@"://(\+|\*|0\.0\.0\.0|\[::\])")]
    private static partial Regex Everywhere();
}
