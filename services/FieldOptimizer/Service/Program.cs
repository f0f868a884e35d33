using Microsoft.Extensions.Options;
using Sjc.FieldOptimizer;

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
