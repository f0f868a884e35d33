using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Sjc.Services.Tests.FieldOptimizer;

namespace Sjc.Services.Tests.EndToEnd;

/// <summary>A service whose port is taken says so in a line, and ends.</summary>
[Trait("Category", "EndToEnd")]
public sealed class OccupiedPortTests
{
    [Theory]
    [InlineData("Sjc.ScoreServer", "--urls=http://127.0.0.1:{0}")]
    [InlineData("Sjc.ScoreServer", "--urls=http://127.0.0.1:0 --Admin:Port={0}")]
    [InlineData("Sjc.ScoreServer", "--urls=http://127.0.0.1:0 --Telemetry:MetricsUrl=http://127.0.0.1:{0}")]
    [InlineData("Sjc.FieldOptimizer", "--urls=http://127.0.0.1:{0}")]
    public async Task Start_PortIsTaken_SaysSoInOneLineAndEnds(string assembly, string arguments)
    {
        using TcpListener owner = new(IPAddress.Loopback, 0);
        owner.Start();
        int port = ((IPEndPoint)owner.LocalEndpoint).Port;
        using TemporaryFolder store = new();
        string models = assembly == "Sjc.ScoreServer" ? "--Models:0:Name=a --Models:0:Kind=exact --Models:0:Load=OnFirstUse" : $"--Optimizer:StoreFolder={store.Path}";
        ProcessStartInfo start = new("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), .. string.Format(null, arguments, port).Split(' '), .. models.Split(' ')])
        {
            RedirectStandardError = true,
        };

        using Process process = Process.Start(start)!;
        string[] lines = (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, process.ExitCode);
        Assert.Equal($"Failed to bind to address http://127.0.0.1:{port}: address already in use.", lines[^1]);
        Assert.DoesNotContain(lines, line => line.StartsWith("   at ", StringComparison.Ordinal) || line.Contains("Unhandled", StringComparison.Ordinal));
    }
}
