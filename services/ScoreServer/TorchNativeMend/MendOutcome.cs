namespace Sjc.TorchNativeMend;

/// <summary>What <see cref="NativeLibraryMender.Mend"/> did.</summary>
public enum MendOutcome
{
    /// <summary>The system's libstdc++ has the version; the file was not opened for writing.</summary>
    NotNeeded,

    /// <summary>The library does not ask for the version in a binding way: mended before, or built by an older compiler.</summary>
    AlreadyMended,

    /// <summary>The file was replaced by a mended copy.</summary>
    Mended,
}
