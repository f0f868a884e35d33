using Microsoft.AspNetCore.Builder;
using Sjc.Cli.Options;
using Sjc.FieldOptimizer;
using Sjc.ScoreServer;

namespace Sjc.Cli.Services;

/// <summary>Hosts services in this process, on loopback ports of the system's choice.</summary>
internal static class ServiceHosting
{
    private const string AnyLoopbackPort = "http://127.0.0.1:0";

    /// <summary>Connects to a running scorer, or hosts one with the models that ship with the product.</summary>
    /// <param name="address">Of a running one; null: host one.</param>
    /// <param name="logFile">Receives the hosted one's log; null: none.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<ServiceConnection> OpenScorerAsync(Uri? address, string? logFile, CancellationToken cancellationToken)
    {
        if (address is not null)
        {
            return ServiceConnection.To(address);
        }

        WebApplication application = ScoreServerApplication.Build(
            [], new ScoreServerHosting { Url = AnyLoopbackPort, Quiet = true, Lifetime = new EmbeddedLifetime(), LogFile = logFile });
        await application.StartAsync(cancellationToken);
        return ServiceConnection.ToHosted(ScoreServerApplication.Address(application), application);
    }

    /// <summary>Connects to a running optimizer, or hosts one.</summary>
    /// <param name="address">Of a running one; null: host one.</param>
    /// <param name="jobFolder">Where the hosted one keeps its jobs.</param>
    /// <param name="scorer">The hosted one's scorer.</param>
    /// <param name="logFile">Receives the hosted one's log; null: none.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="renderer">Where the hosted one renders; null: its default.</param>
    public static async Task<ServiceConnection> OpenOptimizerAsync(
        Uri? address, string jobFolder, Uri scorer, string? logFile, CancellationToken cancellationToken, string? renderer = null)
    {
        if (address is not null)
        {
            return ServiceConnection.To(address);
        }

        WebApplication application = FieldOptimizerApplication.Build(
            [$"--Optimizer:StoreFolder={jobFolder}", $"--Scorer:Address={scorer}", .. RendererOption.Settings(renderer)],
            new FieldOptimizerHosting { Url = AnyLoopbackPort, Quiet = true, Lifetime = new EmbeddedLifetime(), LogFile = logFile });
        await application.StartAsync(cancellationToken);
        return ServiceConnection.ToHosted(FieldOptimizerApplication.Address(application), application);
    }
}
