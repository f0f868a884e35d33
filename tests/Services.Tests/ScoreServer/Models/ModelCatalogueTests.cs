using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sjc.ScoreServer.Models;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Models;

public sealed class ModelCatalogueTests
{
    [Fact]
    public async Task Dispose_WhileAModelLoads_WaitsForIt()
    {
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ManualResetEventSlim open = new();
        TestFactory slow = new("slow", () =>
        {
            entered.SetResult();
            open.Wait(TestContext.Current.CancellationToken);
            return new TestDenoiser((noisy, _) => noisy * 0.5);
        });
        using DeviceThreads threads = new();
        IOptions<CatalogueOptions> options = Options.Create(new CatalogueOptions { Models = [new ModelOptions { Name = "slow", Kind = slow.Kind, WarmUp = false }] });
        ModelCatalogue catalogue = new(options, [slow], threads, new PromptCache(options), NullLogger<ModelCatalogue>.Instance);
        Task loading = catalogue.Models[0].LoadAsync(TestContext.Current.CancellationToken);
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);

        Task disposing = Task.Run(catalogue.Dispose, TestContext.Current.CancellationToken);
        Task first = await Task.WhenAny(disposing, Task.Delay(100, TestContext.Current.CancellationToken)); // one that does not wait ends in far less
        open.Set();
        await Task.WhenAll(loading, disposing);

        Assert.NotSame(disposing, first);
    }
}
