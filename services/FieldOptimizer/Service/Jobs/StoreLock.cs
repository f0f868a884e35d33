namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Keeps two servers from owning one folder of jobs. The system releases it when the process dies.</summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream file;

    /// <exception cref="IOException">Another process holds the folder.</exception>
    public StoreLock(string folder)
    {
        string path = Path.Combine(folder, ".lock");
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new IOException($"The folder of jobs must be used by one server alone, but {folder} is locked by another.", exception);
        }
    }

    public void Dispose() => file.Dispose();
}
