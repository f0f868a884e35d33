using System.Threading.Channels;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Hands every change of one job to whoever watches it. Not thread-safe: its job calls it under its own lock.</summary>
/// <remarks>Each watcher has a bounded channel that drops its oldest: a slow one misses changes in between, never the last.</remarks>
internal sealed class JobWatchers
{
    /// <summary>Changes kept for a watcher that does not take them.</summary>
    public const int Capacity = 16;

    private readonly HashSet<Channel<JobSnapshot>> watchers = [];

    /// <summary>A new watcher, that first gets the present.</summary>
    public Channel<JobSnapshot> Add(JobSnapshot now)
    {
        Channel<JobSnapshot> channel = Channel.CreateBounded<JobSnapshot>(new BoundedChannelOptions(Capacity)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
            SingleReader = true,
        });
        watchers.Add(channel);
        channel.Writer.TryWrite(now);
        if (now.Record.Status.HasEnded)
        {
            End();
        }

        return channel;
    }

    /// <summary>Ends a watcher that looks away.</summary>
    public void Remove(Channel<JobSnapshot> channel) => watchers.Remove(channel);

    /// <summary>Tells all watchers, for the last time when the job has ended.</summary>
    public void Publish(JobSnapshot now)
    {
        foreach (Channel<JobSnapshot> watcher in watchers)
        {
            watcher.Writer.TryWrite(now);
        }

        if (now.Record.Status.HasEnded)
        {
            End();
        }
    }

    /// <summary>Nothing more will happen.</summary>
    public void End()
    {
        foreach (Channel<JobSnapshot> watcher in watchers)
        {
            watcher.Writer.TryComplete();
        }

        watchers.Clear();
    }
}
