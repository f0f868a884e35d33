using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace Sjc.Contracts.Health;

/// <summary>Asks a running server whether it serves: the health check of containers that hold no shell and no other program.</summary>
public static class HealthProbe
{
    /// <summary>The argument that makes a server's program ask instead of serve: <c>PROGRAM health [ADDRESS]</c>.</summary>
    public const string Verb = "health";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Asks and says the answer.</summary>
    /// <param name="address">Of the server, such as http://localhost:5201.</param>
    /// <param name="service">As grpc.health.v1 knows it, such as <c>sjc.score.v1.ScoreService</c>.</param>
    /// <param name="output">Receives one line.</param>
    /// <returns>The exit code: 0 where it serves, else 1.</returns>
    public static async Task<int> RunAsync(string address, string service, TextWriter output)
    {
        try
        {
            using GrpcChannel channel = GrpcChannel.ForAddress(address);
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
}
