using System.Runtime.InteropServices;

namespace Sjc.Diffusion.Tests;

public sealed partial class OpenMpTeamsTests
{
    [Fact]
    public void Initialize_ByItself_SetsHowLongTeamsLookOutWhereTheirLibraryReadsIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The variable is Linux's OpenMP's.");
        TorchRuntime.Initialize();
        string? own = Environment.GetEnvironmentVariable("GOMP_SPINCOUNT");
        bool isConfigured = OpenMpTeams.IsConfigured(Environment.GetEnvironmentVariables());
        Assert.Equal(isConfigured ? own : "6000", Marshal.PtrToStringUTF8(GetVariable("GOMP_SPINCOUNT")));
    }

    [Theory]
    [InlineData("GOMP_SPINCOUNT", true)]
    [InlineData("OMP_WAIT_POLICY", true)]
    [InlineData("OMP_NUM_THREADS", false)]
    public void IsConfigured_Variable_OnlyWhereItSaysHowThreadsWait(string name, bool expected) =>
        Assert.Equal(expected, OpenMpTeams.IsConfigured(new Dictionary<string, string> { [name] = "1" }));

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetVariable(string name);
}
