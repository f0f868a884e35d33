using Sjc.ScoreServer;

ScoreServerApplication.Build(args).Run();
