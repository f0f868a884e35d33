using System.Diagnostics;

namespace Sjc.RadianceField.Rendering;

/// <summary>A fixed set of threads that run one body together; the calling thread is worker 0. Running allocates nothing.</summary>
/// <remarks>Whoever has to wait looks out for a while before it sleeps: the passes of an iteration follow one another, and to wake a thread
/// takes a tenth of a pass.</remarks>
internal sealed class WorkerTeam : IDisposable
{
    /// <summary>How long to look out, in ticks of the clock: 0.1 ms.</summary>
    private static readonly long LookOut = Stopwatch.Frequency / 10_000;

    private readonly Thread[] helpers;
    private readonly Doorbell[] starts;
    private readonly Doorbell finished = new();
    private readonly long lookOut;
    private Action<int>? body;
    private Exception? failure;
    private int runs;
    private int working;
    private volatile bool disposed;

    /// <summary>Starts <paramref name="size"/> − 1 threads. Threads that have no core of their own sleep at once: to look out, they would keep others from working.</summary>
    public WorkerTeam(int size)
        : this(size, size <= Environment.ProcessorCount ? LookOut : 0)
    {
    }

    /// <summary>A team that looks out for a given time, in ticks of <see cref="Stopwatch"/>.</summary>
    internal WorkerTeam(int size, long lookOut)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        this.lookOut = lookOut;
        helpers = new Thread[size - 1];
        starts = new Doorbell[size - 1];
        for (int i = 0; i < helpers.Length; i++)
        {
            int worker = i + 1;
            starts[i] = new Doorbell();
            helpers[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"render {worker}" };
            helpers[i].Start();
        }
    }

    /// <summary>Workers, the caller included.</summary>
    public int Size => helpers.Length + 1;

    /// <summary>Runs <paramref name="work"/> once per worker, with the worker's index, and waits for all.</summary>
    public void Run(Action<int> work)
    {
        if (helpers.Length == 0)
        {
            work(0);
            return;
        }

        body = work;
        failure = null;
        working = helpers.Length;
        StartHelpers();
        try
        {
            work(0);
        }
        finally
        {
            finished.Await(ref working, 0, lookOut);
        }

        if (failure is not null)
        {
            throw new InvalidOperationException("A render worker failed.", failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        StartHelpers();
        for (int i = 0; i < helpers.Length; i++)
        {
            helpers[i].Join();
            starts[i].Dispose();
        }

        finished.Dispose();
    }

    private void StartHelpers()
    {
        Interlocked.Increment(ref runs);
        foreach (Doorbell start in starts)
        {
            start.Ring();
        }
    }

    private void Serve(int worker)
    {
        for (int run = 1; ; run++)
        {
            starts[worker - 1].Await(ref runs, run, lookOut);
            if (disposed)
            {
                return;
            }

            try
            {
                body!(worker);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
            finally
            {
                if (Interlocked.Decrement(ref working) == 0)
                {
                    finished.Ring();
                }
            }
        }
    }
}
