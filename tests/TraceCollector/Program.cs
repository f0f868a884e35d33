using Sjc.TraceCollector;

// For the clients' tests: writes a line for each span into a file, --file=PATH; other arguments are the host's.
string file = new ConfigurationBuilder().AddCommandLine(args).Build()["file"] ?? throw new ArgumentException("--file must be set, but is not.");
object gate = new();
await using Collector collector = new(args)
{
    Received = span =>
    {
        lock (gate)
        {
            File.AppendAllText(file, $"{span}\n");
        }
    },
};
await collector.Application.RunAsync();
