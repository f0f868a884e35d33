using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Sjc.ScoreServer.Models;

/// <summary>The one thread that computes on a device; work runs in the order in which it was posted.</summary>
/// <remarks>A thread that parks takes some hundredths of a millisecond to wake, and the core under it falls asleep. A caller in a closed loop sends its next
/// request soon after an answer: for so long the thread looks for work before it parks, and gives the core to whoever else wants it meanwhile.</remarks>
internal sealed class DeviceThread : IDisposable
{
    /// <summary>Longest that the thread looks for work after work.</summary>
    private static readonly TimeSpan Alertness = TimeSpan.FromMicroseconds(500);

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public DeviceThread(string device)
    {
        Device = device;
        _thread = new Thread(Run) { Name = $"device {device}", IsBackground = true };
        _thread.UnsafeStart(); // Not in the trace of the request that loads the device's first model.
    }

    /// <summary>Such as "cpu" or "cuda:0".</summary>
    public string Device { get; }

    /// <summary>Runs an action that throws nothing on the thread; once the thread is to end, no more.</summary>
    /// <returns>Whether it will run.</returns>
    public bool Post(Action action)
    {
        try
        {
            _work.Add(action);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // Dispose was faster.
        }
    }

    /// <summary>Runs a function on the thread.</summary>
    /// <returns>Ends with the function's result or exception; with <see cref="ObjectDisposedException"/> once the thread is to end.</returns>
    public Task<T> InvokeAsync<T>(Func<T> function)
    {
        TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isPosted = Post(() =>
        {
            try
            {
                completion.SetResult(function());
            }
#pragma warning disable CA1031 // The exception goes on to whoever awaits the result.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                completion.SetException(exception);
            }
        });
        if (!isPosted)
        {
            completion.SetException(new ObjectDisposedException(nameof(DeviceThread)));
        }

        return completion.Task;
    }

    /// <summary>Ends the thread after the work that was posted, and waits for it, except on the thread itself, where an answer's continuation may stop the server.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
            _work.Dispose();
        }
    }

    private void Run()
    {
        while (TryTake(out Action? action))
        {
            action();
        }
    }

    /// <summary>The next work; false once the thread is to end.</summary>
    private bool TryTake([NotNullWhen(true)] out Action? action)
    {
        long idle = Stopwatch.GetTimestamp();
        do
        {
            if (_work.TryTake(out action))
            {
                return true;
            }

            Thread.Yield();
        }
        while (!_work.IsCompleted && Stopwatch.GetElapsedTime(idle) < Alertness);

        return _work.TryTake(out action, Timeout.Infinite);
    }
}
