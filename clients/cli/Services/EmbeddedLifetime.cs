using Microsoft.Extensions.Hosting;

namespace Sjc.Cli.Services;

/// <summary>Leaves signals to the command: a hosted service stops when the command stops it, not at Ctrl-C.</summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
