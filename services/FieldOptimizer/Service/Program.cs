using Microsoft.Extensions.Options;
using Sjc.Contracts.Health;
using Sjc.FieldOptimizer;

if (args is [HealthProbe.Verb, .. string[] addresses])
{
    return await HealthProbe.RunAsync(addresses.FirstOrDefault() ?? HealthProbe.AddressOf("http://localhost:5202"), "sjc.field.v1.FieldService", Console.Out);
}

try
{
    FieldOptimizerApplication.Build(args).Run();
    return 0;
}
catch (Exception exception) when (exception is IOException or OptionsValidationException)
{
    // A port or a folder of jobs in use, or a bad setting: one line says it.
    Console.Error.WriteLine(exception.Message);
    return 1;
}
