using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

public sealed class DoorbellTests
{
    /// <summary>Who changed the number for the wait before may be late to ring: that must not end this one.</summary>
    [Fact]
    public void Await_RungBeforeTheNumberHasItsValue_WaitsOn()
    {
        using Doorbell bell = new();
        int number = 0;
        int seen = -1;
        Thread waiter = new(() =>
        {
            bell.Await(ref number, 1, lookOut: 0);
            seen = Volatile.Read(ref number);
        });
        waiter.Start();
        for (int ring = 0; ring < 3; ring++)
        {
            SpinWait.SpinUntil(() => bell.HasSleeper || !waiter.IsAlive);
            bell.Ring();
        }

        SpinWait.SpinUntil(() => bell.HasSleeper || !waiter.IsAlive);
        Volatile.Write(ref number, 1);
        bell.Ring();
        waiter.Join();
        Assert.Equal(1, seen);
    }

    [Fact]
    public void Await_NumberThatHasItsValue_DoesNotWait()
    {
        using Doorbell bell = new();
        int number = 1;
        bell.Ring(); // nobody sleeps
        bell.Await(ref number, 1, lookOut: 0);
        Assert.False(bell.HasSleeper);
    }
}
