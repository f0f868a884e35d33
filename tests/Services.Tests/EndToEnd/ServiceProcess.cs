using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Sjc.Services.Tests.EndToEnd;

/// <summary>One of the two services as a process of its own, as a user starts it.</summary>
internal sealed partial class ServiceProcess : IDisposable
{
    private const int TerminateSignal = 15;
    private readonly Process process;
    private readonly List<string> lines = [];
    private Task draining = Task.CompletedTask;
    private bool disposed;

    private ServiceProcess(Process process, Uri address)
    {
        this.process = process;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts a built service and waits until it listens.</summary>
    /// <param name="assembly">Such as Sjc.ScoreServer; its program lies beside the tests.</param>
    /// <param name="address">Where it is to listen; port 0: any free one.</param>
    /// <param name="arguments">Configuration.</param>
    public static async Task<ServiceProcess> StartAsync(string assembly, Uri? address, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), $"--urls={address ?? new Uri("http://127.0.0.1:0")}", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{assembly} must start, but does not.");
        List<string> log = [];
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            log.Add(line);
            if (ListeningLine().Match(line) is { Success: true } match)
            {
                ServiceProcess service = new(process, new Uri(match.Groups[1].Value));
                service.draining = service.DrainAsync();
                return service;
            }
        }

        throw new InvalidOperationException($"{assembly} must listen, but ended: {string.Join('\n', log)}");
    }

    /// <summary>SIGKILL: the process has no say in it.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>SIGTERM: the process ends as it sees fit.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        Assert.Equal(0, Kill(process.Id, TerminateSignal));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await draining;
        return process.ExitCode;
    }

    /// <summary>Requests that a scorer says it accepted and answered, once it was terminated.</summary>
    public (long Accepted, long Answered) Drained()
    {
        Match match = DrainedLine().Match(Assert.Single(lines));
        return (long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    // A full pipe would block the service.
    private async Task DrainAsync()
    {
        try
        {
            while (await process.StandardError.ReadLineAsync() is { } line)
            {
                if (DrainedLine().IsMatch(line))
                {
                    lines.Add(line);
                }
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or ObjectDisposedException)
        {
            // The process was disposed of.
        }
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex ListeningLine();

    [GeneratedRegex(@"Stopped: (\d+) requests were accepted, (\d+) answered")]
    private static partial Regex DrainedLine();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
