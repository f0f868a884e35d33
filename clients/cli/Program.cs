using Sjc.Cli;

using Interruption interruption = new();
return await SjcCommandLine.RunAsync(args, CliConsole.Standard(), interruption.Token);
