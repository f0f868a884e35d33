using System.Collections;
using System.Runtime.InteropServices;

namespace Sjc.Diffusion;

/// <summary>How long the threads of libtorch's OpenMP (libgomp) look out for work before they sleep.</summary>
/// <remarks>By default some 3 ms: longer than the gap between two operations of a network, but so long that after each pass the team of the pass keeps its
/// cores from whoever works next, such as an optimizer on the same machine. 0.06 ms are enough within a pass, and cost little where others want the cores meanwhile.</remarks>
internal static partial class OpenMpTeams
{
    /// <summary>libgomp reckons with about 100 000 a millisecond.</summary>
    private const string SpinCount = "6000";

    private const string SpinCountVariable = "GOMP_SPINCOUNT";

    /// <summary>Variables of OpenMP itself.</summary>
    private static readonly string[] OwnSettings = [SpinCountVariable, "OMP_WAIT_POLICY"];

    /// <summary>Sets the time, unless the process's environment does; before libgomp is loaded, which reads it once.</summary>
    public static void ShortenLookOut()
    {
        if (OperatingSystem.IsLinux() && !IsConfigured(Environment.GetEnvironmentVariables()))
        {
            // .NET's own variables are a copy that no library sees.
            _ = SetVariable(SpinCountVariable, SpinCount, overwrite: 0);
        }
    }

    /// <summary>Whether variables of the environment say how threads wait.</summary>
    internal static bool IsConfigured(IDictionary variables) => OwnSettings.Any(variables.Contains);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
