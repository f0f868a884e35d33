using System.Diagnostics;
using System.Text.RegularExpressions;
using Grpc.Net.Client;
using Sjc.Benchmarks.Scoring;
using Sjc.Contracts.Score.V1;

namespace Sjc.Cli.Services;

/// <summary>A scorer of the shipped network as a child process of this program.</summary>
internal static partial class ChildScorer
{
    /// <summary>Starts it on a free port of the loopback interface and waits until its model is ready.</summary>
    /// <exception cref="CommandException">It ended instead.</exception>
    public static async Task<ScorerProcess> StartAsync(string[] settings, CancellationToken cancellationToken)
    {
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        ProcessStartInfo start = new(host) { RedirectStandardError = true, UseShellExecute = false };
        string[] arguments = ["exec", typeof(ChildScorer).Assembly.Location, "score-server", "--listen", "http://127.0.0.1:0", "--Models:0:Name=shapes", "--Models:0:Kind=shapes", .. settings];
        Array.ForEach(arguments, start.ArgumentList.Add);
        Process process = Process.Start(start) ?? throw CommandException.Failure("The scorer must start, but does not.");
        List<string> log = [];
        while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            log.Add(line);
            if (ListeningLine().Match(line) is { Success: true } match)
            {
                _ = DrainAsync(process);
                ScorerProcess scorer = new(process, new Uri(match.Groups[1].Value));
                using GrpcChannel channel = GrpcChannel.ForAddress(scorer.Address);
                await new ScoreService.ScoreServiceClient(channel).GetModelAsync(new GetModelRequest { Name = "shapes" }, cancellationToken: cancellationToken);
                return scorer;
            }
        }

        throw CommandException.Failure($"The scorer must listen, but ended: {string.Join('\n', log)}");
    }

    /// <summary>A full pipe would block it.</summary>
    private static async Task DrainAsync(Process process)
    {
        try
        {
            while (await process.StandardError.ReadLineAsync() is not null)
            {
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or ObjectDisposedException)
        {
            // It has ended.
        }
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex ListeningLine();
}
