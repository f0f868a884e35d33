using Sjc.ScoreServer;

namespace Sjc.Services.Tests.ScoreServer.Hosting;

/// <summary>The switch of .NET's that a scorer turns on. It is read with the process's first socket, so that nothing else changes here.</summary>
public sealed class InlineSocketsTests
{
    private const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    [Theory]
    [InlineData(null, "1")]
    [InlineData("0", "0")] // the operator's word
    [InlineData("1", "1")]
    public void Enable_Switch_IsTurnedOnUnlessItIsSet(string? before, string after)
    {
        string? own = Environment.GetEnvironmentVariable(Switch);
        try
        {
            Environment.SetEnvironmentVariable(Switch, before);

            InlineSockets.Enable();

            Assert.Equal(after, Environment.GetEnvironmentVariable(Switch));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Switch, own);
        }
    }
}
