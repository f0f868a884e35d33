namespace Sjc.ScoreServer.Batching;

/// <summary>The device had not enough memory for a batch, nor for the halves of it.</summary>
internal sealed class DeviceExhaustedException(string message, Exception innerException) : Exception(message, innerException)
{
    /// <summary>Whether libtorch or the runtime ran out of memory: libtorch has no exception of its own for it in TorchSharp, only words.</summary>
    public static bool IsOutOfMemory(Exception exception) =>
        exception is OutOfMemoryException
        || exception.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || exception.Message.Contains("not enough memory", StringComparison.OrdinalIgnoreCase);
}
