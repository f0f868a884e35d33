using Sjc.ScoreServer.Models;

namespace Sjc.Services.Tests.ScoreServer.Hosting;

/// <summary>A model on which the device stands still until the test opens the gate; it halves its input.</summary>
internal sealed class DeviceGate : IDisposable
{
    public const string Kind = "gated";

    private readonly ManualResetEventSlim _open = new(initialState: true);
    private readonly SemaphoreSlim _entered = new(0);
    private int _passes;

    public DeviceGate() => Factory = new TestFactory(Kind, () => new TestDenoiser((noisy, _) =>
    {
        Interlocked.Increment(ref _passes);
        _entered.Release();
        _open.Wait();
        return noisy * 0.5;
    }));

    public IModelFactory Factory { get; }

    /// <summary>Network passes that have begun.</summary>
    public int Passes => Volatile.Read(ref _passes);

    /// <summary>From now on the device stands still in its next pass.</summary>
    public void Close()
    {
        while (_entered.Wait(0))
        {
        }

        _open.Reset();
    }

    public void Open() => _open.Set();

    /// <summary>Ends when a pass has begun that had not when this was last awaited, or the gate was closed.</summary>
    public Task PassBegunAsync() => _entered.WaitAsync(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _open.Set();
        _entered.Dispose();
    }
}
