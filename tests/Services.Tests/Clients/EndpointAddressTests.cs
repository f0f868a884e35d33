using Sjc.Client.Endpoints;

namespace Sjc.Services.Tests.Clients;

public sealed class EndpointAddressTests
{
    [Theory]
    [InlineData("localhost:5201", "http://localhost:5201/")]
    [InlineData("a:5201, https://b:443", "http://a:5201/ https://b/")]
    [InlineData("dns:///scorers:5201", "all of http://scorers:5201/")]
    [InlineData("dns+https://scorers:5201,c:1,c:1", "all of https://scorers:5201/ http://c:1/")]
    public void TryParseList_Addresses_AreRead(string text, string expected)
    {
        Assert.True(EndpointAddress.TryParseList(text, out IReadOnlyList<EndpointAddress>? addresses));
        Assert.Equal(expected, string.Join(' ', addresses.Select(address => address.ResolveAll ? $"all of {address.Address}" : address.Address.ToString())));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a:1,")]
    [InlineData("ftp://a")]
    [InlineData("dns:///")]
    [InlineData("host:port")]
    public void TryParseList_SomethingElse_IsRefused(string text) => Assert.False(EndpointAddress.TryParseList(text, out _));
}
