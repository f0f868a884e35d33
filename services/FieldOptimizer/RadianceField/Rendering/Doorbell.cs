using System.Diagnostics;

namespace Sjc.RadianceField.Rendering;

/// <summary>Where one thread waits until a number that others change has a certain value: awake for a while, then asleep until they ring.</summary>
internal sealed class Doorbell : IDisposable
{
    private const int SpinsPerLook = 4;

    private readonly SemaphoreSlim bell = new(0);
    private int asleep;

    /// <summary>Whether a thread sleeps, or is about to, and nobody has rung for it yet.</summary>
    public bool HasSleeper => Volatile.Read(ref asleep) == 1;

    /// <summary>Waits; whoever gives the number its value must ring afterwards.</summary>
    /// <param name="number">Changed by others.</param>
    /// <param name="value">What to wait for.</param>
    /// <param name="lookOut">How long to stay awake, in ticks of <see cref="Stopwatch"/>.</param>
    public void Await(ref int number, int value, long lookOut)
    {
        long start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref number) != value && Stopwatch.GetTimestamp() - start < lookOut)
        {
            Thread.SpinWait(SpinsPerLook);
        }

        // A ring may come late, when the change that it tells of has been seen already, and end a sleep for the next: then there is more to wait for.
        while (Volatile.Read(ref number) != value)
        {
            // Whoever changes the number before this line is seen in the next one; whoever does so after it sees that there is somebody to wake.
            Interlocked.Exchange(ref asleep, 1);
            if (Volatile.Read(ref number) != value || Interlocked.Exchange(ref asleep, 0) == 0)
            {
                bell.Wait();
            }
        }
    }

    /// <summary>Wakes the thread, if it sleeps.</summary>
    public void Ring()
    {
        if (Interlocked.Exchange(ref asleep, 0) == 1)
        {
            bell.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => bell.Dispose();
}
