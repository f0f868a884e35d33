using System.Diagnostics;
using System.Runtime.InteropServices;
using Sjc.Services.Tests.FieldOptimizer;

namespace Sjc.Services.Tests.EndToEnd;

/// <summary>Signals to a command whose other threads are in libtorch.</summary>
[Trait("Category", "EndToEnd")]
public sealed partial class InterruptionTests
{
    private const int TerminateSignal = 15;
    private const int Interrupted = 130;

    [Fact]
    public async Task Terminate_TwiceWhileLibtorchComputes_EndsAtOnceAndCleanly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "There is no SIGTERM on this system.");
        using TemporaryFolder folder = new();
        string[] command = ["evaluate", "--kinds", "mug", "--iterations", "1", "--grid", "8", "--out", folder.Path];
        using Process process = Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "sjc.dll"), .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        // The first line tells of the object that was made; then the network is measured, which takes seconds.
        Assert.NotNull(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, Kill(process.Id, TerminateSignal));
        _ = Kill(process.Id, TerminateSignal); // it may have ended
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Interrupted, process.ExitCode);
        Assert.DoesNotContain("Unhandled", await errors, StringComparison.Ordinal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
