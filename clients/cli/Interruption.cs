using System.Runtime.InteropServices;

namespace Sjc.Cli;

/// <summary>Ctrl-C and SIGTERM: the first asks the command to stop cleanly, the second ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private int count;

    public Interruption() => registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        Array.ForEach(registrations, registration => registration.Dispose());
        source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref count) == 1)
        {
            // Not on the signal's thread: what runs on cancellation may take its time, and the next signal must get through.
            _ = source.CancelAsync();
            return;
        }

        Environment.Exit(ExitCode.Interrupted);
    }
}
