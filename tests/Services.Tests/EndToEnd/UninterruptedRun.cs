using Sjc.Services.Tests.FieldOptimizer;

namespace Sjc.Services.Tests.EndToEnd;

/// <summary>A scorer of small pictures, and what the job comes to when nobody disturbs it.</summary>
public sealed class UninterruptedRun : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private ServiceProcess? scorer;

    /// <summary>Folder of the scorer's pictures.</summary>
    internal string Pictures => folder.Path;

    /// <summary>The scorer's address.</summary>
    internal Uri Scorer => scorer!.Address;

    /// <summary>SHA-256 of the job's field.</summary>
    internal string FieldSha256 { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        PictureFolderFixture.Write(folder);
        scorer = await ProcessRun.StartScorerAsync(Pictures, null);
        FieldSha256 = await ProcessRun.RunAsync(folder["whole"], Scorer);
    }

    public ValueTask DisposeAsync()
    {
        scorer?.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
