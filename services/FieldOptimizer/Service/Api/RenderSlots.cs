using Microsoft.Extensions.Options;
using Sjc.FieldOptimizer.Jobs;

namespace Sjc.FieldOptimizer.Api;

/// <summary>Bounds how many calls render or mesh at once; each works on the thread pool.</summary>
internal sealed class RenderSlots(IOptions<OptimizerOptions> options) : IDisposable
{
    private readonly SemaphoreSlim slots = new(options.Value.MaxConcurrentRenders);

    /// <summary>Waits for a place and works there.</summary>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            slots.Release();
        }
    }

    public void Dispose() => slots.Dispose();
}
