using Sjc.TorchNativeMend;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: Sjc.TorchNativeMend PATH/libLibTorchSharp.so | PATH/TorchSharp.dll");
    return 2;
}

try
{
    if (Path.GetExtension(args[0]) == ".dll")
    {
        if (ArgumentLifetimeMender.Mend(args[0]) == MendOutcome.Mended)
        {
            Console.WriteLine($"Kept arguments alive in {args[0]}: its methods are compiled without optimisation, which freed scalars before libtorch had read them.");
        }

        return 0;
    }

    MendOutcome outcome = NativeLibraryMender.Mend(args[0], SystemLibstdcxx.ProvidesVersion);
    if (outcome == MendOutcome.Mended)
    {
        Console.WriteLine($"Mended {args[0]}: this system's libstdc++ lacks {NativeLibraryMender.MissingVersion} (GCC 13); the one symbol that needs it was replaced.");
    }

    return 0;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
{
    Console.Error.WriteLine($"error: {args[0]} could not be mended: {exception.Message}");
    return 1;
}
