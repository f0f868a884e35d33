namespace Sjc.RadianceField.Rendering;

/// <summary>A fixed set of threads that run one body together; the calling thread is worker 0. Running allocates nothing.</summary>
internal sealed class WorkerTeam : IDisposable
{
    private readonly Thread[] helpers;
    private readonly SemaphoreSlim[] starts;
    private readonly CountdownEvent finished;
    private Action<int>? body;
    private Exception? failure;
    private volatile bool disposed;

    /// <summary>Starts <paramref name="size"/> − 1 threads.</summary>
    public WorkerTeam(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        helpers = new Thread[size - 1];
        starts = new SemaphoreSlim[size - 1];
        finished = new CountdownEvent(Math.Max(size - 1, 1));
        for (int i = 0; i < helpers.Length; i++)
        {
            int worker = i + 1;
            starts[i] = new SemaphoreSlim(0);
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
        finished.Reset();
        foreach (SemaphoreSlim start in starts)
        {
            start.Release();
        }

        try
        {
            work(0);
        }
        finally
        {
            finished.Wait();
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
        for (int i = 0; i < helpers.Length; i++)
        {
            starts[i].Release();
            helpers[i].Join();
            starts[i].Dispose();
        }

        finished.Dispose();
    }

    private void Serve(int worker)
    {
        while (true)
        {
            starts[worker - 1].Wait();
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
                finished.Signal();
            }
        }
    }
}
