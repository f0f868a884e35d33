using Microsoft.Extensions.Options;
using Sjc.Contracts.Health;
using Sjc.ScoreServer;

if (args is [HealthProbe.Verb, .. string[] addresses])
{
    return await HealthProbe.RunAsync(addresses.FirstOrDefault() ?? HealthProbe.AddressOf("http://localhost:5201"), "sjc.score.v1.ScoreService", Console.Out);
}

try
{
    InlineSockets.Enable();
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
catch (IOException exception)
{
    // A port that is taken, most often: one line says it.
    Console.Error.WriteLine(exception.Message);
    return 1;
}
