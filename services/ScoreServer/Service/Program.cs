using Microsoft.Extensions.Options;
using Sjc.ScoreServer;

try
{
    WebApplication application = ScoreServerApplication.Build(args);
    Task ready = application.WaitUntilReadyAsync();
    await application.RunAsync();
    return ready.IsFaulted ? 1 : 0;
}
catch (OptionsValidationException exception)
{
    Console.Error.WriteLine(string.Join(Environment.NewLine, exception.Failures));
    return 2;
}
