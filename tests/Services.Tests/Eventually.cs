namespace Sjc.Services.Tests;

/// <summary>Waits for what another task brings about and no synchronisation point tells of.</summary>
internal static class Eventually
{
    // A machine under load may take long; a state that never comes must fail a test, not hold up all of them.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Returns once a condition holds.</summary>
    /// <param name="holds">Is asked again and again.</param>
    /// <param name="between">Runs before each repetition, as to advance a fake clock.</param>
    /// <exception cref="TimeoutException">It does not hold after two minutes.</exception>
    public static async Task HoldsAsync(Func<bool> holds, Action? between = null)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"The awaited state must come within {Patience}, but did not.");
            }

            between?.Invoke();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
