using Sjc.TorchNativeMend;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: Sjc.TorchNativeMend PATH/libLibTorchSharp.so");
    return 2;
}

try
{
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
