using Sjc.ScoreServer.Models;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Models;

public sealed class ServedModelTests : IDisposable
{
    private readonly DeviceThread thread = new("cpu");
    private int loads;
    private int unloads;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => thread.Dispose();

    [Fact]
    public async Task Unload_InUse_WaitsForTheLastUse()
    {
        ServedModel model = Create();
        ModelUse first = await model.UseAsync(Cancellation);
        ModelUse second = await model.UseAsync(Cancellation);

        Task unloading = model.UnloadAsync();
        first.Dispose();
        first.Dispose(); // counts once

        Assert.Equal((ModelState.Unloading, 1, 0), (model.State, model.Uses, unloads));
        Assert.Null(model.Loaded);
        await Assert.ThrowsAsync<ModelUnloadedException>(() => model.UseAsync(Cancellation));
        second.Dispose();
        await unloading.WaitAsync(Cancellation);
        Assert.Equal((ModelState.Unloaded, 0, 1), (model.State, model.Uses, unloads));
    }

    [Fact]
    public async Task Load_AfterUnload_LoadsAgainForAnOperatorAlone()
    {
        ServedModel model = Create();
        Assert.Equal(ModelState.Waiting, model.State);
        (await model.UseAsync(Cancellation)).Dispose();
        await model.UnloadAsync().WaitAsync(Cancellation);
        await model.UnloadAsync().WaitAsync(Cancellation);
        await Assert.ThrowsAsync<ModelUnloadedException>(() => model.UseAsync(Cancellation));

        await model.LoadAsync(Cancellation);
        (await model.UseAsync(Cancellation)).Dispose();

        Assert.Equal((ModelState.Ready, 2, 1), (model.State, loads, unloads));
    }

    [Fact]
    public async Task Load_Failed_SaysWhyAndIsTriedAgain()
    {
        ServedModel model = Create(failures: 1);

        await Assert.ThrowsAsync<InvalidDataException>(() => model.UseAsync(Cancellation));
        Assert.Equal((ModelState.Failed, "It is broken.", false), (model.State, model.Error, model.WasReady));
        (await model.UseAsync(Cancellation)).Dispose();

        Assert.Equal((ModelState.Ready, "", true), (model.State, model.Error, model.WasReady));
    }

    [Fact]
    public async Task Unload_WhileLoading_UnloadsWhatIsLoaded()
    {
        TaskCompletionSource<LoadedModel> loading = new();
        ServedModel model = new(new ModelOptions { Name = "slow" }, "", () => loading.Task, CountUnload);
        Task<LoadedModel> asked = model.LoadAsync(Cancellation);
        Assert.Equal(ModelState.Loading, model.State);

        Task unloading = model.UnloadAsync();
        loading.SetResult(Loaded());
        await asked;
        await unloading.WaitAsync(Cancellation);

        Assert.Equal((ModelState.Unloaded, 1), (model.State, unloads));
    }

    [Fact]
    public async Task Unload_NeverLoaded_OnlyRefusesFromThenOn()
    {
        ServedModel model = Create();

        await model.UnloadAsync().WaitAsync(Cancellation);

        Assert.Equal((ModelState.Unloaded, 0, 0), (model.State, loads, unloads));
        await Assert.ThrowsAsync<ModelUnloadedException>(() => model.UseAsync(Cancellation));
    }

    private ServedModel Create(int failures = 0) => new(
        new ModelOptions { Name = "model" },
        "",
        () => loads++ < failures ? Task.FromException<LoadedModel>(new InvalidDataException("It is broken.")) : Task.FromResult(Loaded()),
        CountUnload);

    private LoadedModel Loaded() => new("model", new TestDenoiser((noisy, _) => noisy), thread);

    private Task CountUnload(LoadedModel model)
    {
        unloads++;
        return Task.CompletedTask;
    }
}
