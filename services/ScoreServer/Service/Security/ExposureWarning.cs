using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer.Security;

/// <summary>Says loudly that others can reach a server that does not ask who they are, or whose keys travel in the clear.</summary>
internal sealed partial class ExposureWarning(IServer server, IOptions<SecurityOptions> options, IOptions<TelemetryOptions> telemetry, IHostApplicationLifetime lifetime, ILogger<ExposureWarning> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Warn);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Warn()
    {
        foreach (string address in server.Features.Get<IServerAddressesFeature>()?.Addresses.Where(address => !IsLoopback(address)) ?? [])
        {
            if (telemetry.Value.MetricsPort is { } port && address.EndsWith($":{port}", StringComparison.Ordinal))
            {
                LogMetrics(address);
            }
            else if (!options.Value.IsOn)
            {
                LogOpen(address);
            }
            else if (address.StartsWith("http:", StringComparison.Ordinal) && options.Value.RequiresToken)
            {
                LogClear(address);
            }
        }
    }

    private static bool IsLoopback(string address) =>
        Uri.TryCreate(address.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out Uri? uri)
        && (uri.IsLoopback || (IPAddress.TryParse(uri.Host, out IPAddress? ip) && IPAddress.IsLoopback(ip)));

    [LoggerMessage(EventId = 400, Level = LogLevel.Warning, Message = "ANYBODY WHO REACHES {Address} MAY USE THIS SERVER: it listens beyond loopback and asks for no key, token or certificate. Set Security:ApiKeys, Security:ApiKeyFile, Security:Jwt or Security:ClientAuthorityFile; see docs/operations.md.")]
    private partial void LogOpen(string address);

    [LoggerMessage(EventId = 402, Level = LogLevel.Warning, Message = "Anybody who reaches {Address} may read the metrics, names of tenants and models among them; keep it inside.")]
    private partial void LogMetrics(string address);

    [LoggerMessage(EventId = 401, Level = LogLevel.Warning, Message = "KEYS AND TOKENS TRAVEL IN THE CLEAR TO {Address}: it listens beyond loopback without TLS. Set Security:CertificateFile, or keep it behind a proxy with TLS; see docs/operations.md.")]
    private partial void LogClear(string address);
}
