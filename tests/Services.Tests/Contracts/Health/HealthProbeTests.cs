using Sjc.Contracts.Health;
using Sjc.ScoreServer;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.Contracts.Health;

public sealed class HealthProbeTests
{
    [Fact]
    public async Task RunAsync_ServingServer_IsZero()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        using StringWriter output = new();

        Assert.Equal(0, await HealthProbe.RunAsync(host.Application.Address().ToString(), "sjc.score.v1.ScoreService", output));
        Assert.Contains("Serving", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9")]
    [InlineData("nonsense")]
    public async Task RunAsync_NobodyThere_IsOne(string address)
    {
        using StringWriter output = new();

        Assert.Equal(1, await HealthProbe.RunAsync(address, "sjc.score.v1.ScoreService", output));
        Assert.StartsWith(address, output.ToString(), StringComparison.Ordinal);
    }
}
