namespace Sjc.ScoreServer;

/// <summary>Lets the threads that poll the sockets read the connections' frames themselves, instead of waking others for it.</summary>
/// <remarks>A thread that sleeps takes some hundredths of a millisecond to wake, several times a request. It is right where nothing that reads a socket blocks:
/// HTTP/2 hands calls to the thread pool, on both sides, and the metrics' HTTP/1.1 only writes what it has. The switch is .NET's own; an operator may set it to 0.</remarks>
public static class InlineSockets
{
    private const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>For a process that serves; before its first socket.</summary>
    public static void Enable()
    {
        if (Environment.GetEnvironmentVariable(Switch) is null)
        {
            Environment.SetEnvironmentVariable(Switch, "1");
        }
    }
}
