using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Sjc.Services.Tests.ScoreServer.Hosting;

/// <summary>What one server's counter was told; other tests' servers count in this process as well.</summary>
internal sealed class MetricLog : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _tags = [];

    /// <param name="host">The server.</param>
    /// <param name="counter">Such as sjc.score.requests.</param>
    public MetricLog(ScoreServerHost host, string counter)
    {
        object scope = host.Application.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == counter && ReferenceEquals(instrument.Meter.Scope, scope))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _tags.Enqueue(string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))));
        _listener.Start();
    }

    /// <summary>The labels of each count so far, such as "call=unary code=Ok".</summary>
    public string[] Tags => [.. _tags];

    public void Dispose() => _listener.Dispose();
}
