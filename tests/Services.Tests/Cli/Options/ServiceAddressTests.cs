using Sjc.Cli.Options;

namespace Sjc.Services.Tests.Cli.Options;

public sealed class ServiceAddressTests
{
    [Theory]
    [InlineData("http://localhost:5201", "http://localhost:5201/")]
    [InlineData("localhost:5201", "http://localhost:5201/")]
    [InlineData("192.168.1.2:80", "http://192.168.1.2/")]
    [InlineData("https://scorer.example", "https://scorer.example/")]
    public void TryParse_Address_TakesHttpWhereNoSchemeIsGiven(string text, string expected)
    {
        Assert.True(ServiceAddress.TryParse(text, out Uri? address));
        Assert.Equal(expected, address!.AbsoluteUri);
    }

    [Theory]
    [InlineData("localhost:5201", "http://localhost:5201")]
    [InlineData("localhost:0", "http://127.0.0.1:0")]
    [InlineData("https://localhost:0/", "https://127.0.0.1:0")]
    [InlineData("0.0.0.0:0", "http://0.0.0.0:0")]
    public void ListenUrl_Address_IsOneThatAServerCanListenOn(string text, string expected)
    {
        Assert.True(ServiceAddress.TryParse(text, out Uri? address));
        Assert.Equal(expected, ServiceAddress.ListenUrl(address));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ftp://host")]
    [InlineData("http://")]
    [InlineData("host:port")]
    public void TryParse_NoAddress_Refuses(string text) => Assert.False(ServiceAddress.TryParse(text, out _));
}
