using Sjc.ScoreServer.Security;

namespace Sjc.Services.Tests.ScoreServer.Security;

public sealed class ApiKeyFileTests
{
    private static readonly string Left = new('a', 64);
    private static readonly string Right = new('0', 64);

    [Fact]
    public void Parse_LinesCommentsAndBlanks_AreTenantsByHash()
    {
        Dictionary<string, string> tenants = ApiKeyFile.Parse($"# keys of June\r\n{Left}  alice\r\n\n  {Right}\tteam of bob \n#{Right} carol");

        Assert.Equal(new() { [Left.ToUpperInvariant()] = "alice", [Right] = "team of bob" }, tenants);
    }

    [Theory]
    [InlineData("", "It holds no key.")]
    [InlineData("# nothing\n", "It holds no key.")]
    [InlineData("\nalice {0}", "The key in line 2 must be 64 hexadecimal digits, but is 5 characters.")]
    [InlineData("{0}", "Line 1 must name a tenant behind a key that is not there yet, but names none.")]
    [InlineData("{0} alice\n{0} bob", "Line 2 must name a tenant behind a key that is not there yet, but has one of an earlier line.")]
    public void Parse_OtherText_SaysWhatIsWrong(string text, string message)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => ApiKeyFile.Parse(string.Format(null, text, Left)));

        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }
}
