using Sjc.TraceCollector;

namespace Sjc.Services.Tests;

/// <summary>Starts collectors of OTLP in this process.</summary>
internal static class CollectorHost
{
    /// <summary>One on a free port of the loopback interface.</summary>
    public static async Task<Collector> StartAsync()
    {
        Collector collector = new("--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None");
        await collector.Application.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }
}
