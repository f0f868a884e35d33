using Sjc.Cli;

return await SjcCommandLine.RunAsync(args, CliConsole.Standard(), CancellationToken.None);
