using System.Runtime.ExceptionServices;

namespace Sjc.ScoreServer.Models;

/// <summary>Work of libtorch on a thread that ends with it.</summary>
/// <remarks>OpenMP as libtorch has it (libgomp) keeps a team of threads for each thread that has ever computed, until that ends. Where all teams together have more
/// threads than there are cores, nobody in them looks out for work any more: threads sleep and wake at each operation of a network. With the
/// team of one thread of the pool beside the device's, a pass of the shipped model took 14 ms instead of 8 on two cores. So nobody but the
/// device's thread may keep a team.</remarks>
internal static class BriefThread
{
    /// <summary>Runs a function and waits for it; what it throws comes out here.</summary>
    public static T Run<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                result = work();
            }
#pragma warning disable CA1031 // The exception goes on to the caller.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        { IsBackground = true, Name = "brief" };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
