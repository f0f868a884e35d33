using Sjc.TraceCollector;

// For the clients' tests: writes a line for each span into the file that is the first argument; the others are the host's.
string file = args[0];
object gate = new();
await using Collector collector = new([.. args.Skip(1)])
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
