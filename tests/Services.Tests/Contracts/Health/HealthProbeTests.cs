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
    [InlineData("", "http://localhost:1")]
    [InlineData("http://+:5201", "http://localhost:5201")]
    [InlineData("https://*:5301;http://+:5201", "https://localhost:5301")]
    [InlineData("http://0.0.0.0:5201", "http://localhost:5201")]
    [InlineData("http://[::]:5201", "http://localhost:5201")]
    [InlineData("http://10.0.0.7:5201", "http://10.0.0.7:5201")]
    public void AddressOf_Urls_IsWhereThisMachineReachesThem(string urls, string expected) => Assert.Equal(expected, HealthProbe.AddressOf("http://localhost:1", urls));

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
