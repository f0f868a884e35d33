using System.Text.Json;
using Microsoft.Extensions.Options;
using Sjc.ScoreServer.Admin;
using Sjc.ScoreServer.Api;
using Sjc.ScoreServer.Batching;
using Sjc.ScoreServer.Models;
using Sjc.ScoreServer.Security;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer;

/// <summary>Says once, on start, with which settings the server runs.</summary>
internal sealed partial class EffectiveOptionsLog(
    IOptions<CatalogueOptions> catalogue,
    IOptions<BatchingOptions> batching,
    IOptions<TenantsOptions> tenants,
    IOptions<ApiOptions> api,
    IOptions<SecurityOptions> security,
    IOptions<AdminOptions> admin,
    IOptions<TelemetryOptions> telemetry,
    ILogger<EffectiveOptionsLog> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        string settings = JsonSerializer.Serialize(new
        {
            Catalogue = catalogue.Value,
            Batching = batching.Value,
            tenants.Value.Tenants,
            Api = api.Value,
            Security = new
            {
                Tls = security.Value.CertificateFile.Length > 0,
                ClientCertificates = security.Value.ClientAuthorityFile.Length > 0,
                ApiKeysOf = security.Value.ApiKeys.Select(key => key.Tenant),
                ApiKeyFile = security.Value.ApiKeyFile.Length > 0,
                Tokens = security.Value.Jwt.IsOn,
            },
            Admin = new { admin.Value.Port, admin.Value.Address, Key = admin.Value.KeySha256.Length > 0 },
            Telemetry = telemetry.Value,
        });
        LogSettings(settings);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Settings: {Settings}.")]
    private partial void LogSettings(string settings);
}
