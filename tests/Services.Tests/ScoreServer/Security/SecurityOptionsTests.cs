using System.ComponentModel.DataAnnotations;
using Sjc.ScoreServer.Security;

namespace Sjc.Services.Tests.ScoreServer.Security;

public sealed class SecurityOptionsTests
{
    [Fact]
    public void Validate_KeyTwice_IsRefusedWithItsPlace()
    {
        SecurityOptions options = new()
        {
            ApiKeys = [new ApiKeyOptions { Tenant = "alice", Sha256 = new string('a', 64) }, new ApiKeyOptions { Tenant = "bob", Sha256 = new string('A', 64) }],
        };

        ValidationResult fault = Assert.Single(options.Validate(new ValidationContext(options)));

        Assert.Equal("Security:ApiKeys:1:Sha256 must be unique, but is another key's again.", fault.ErrorMessage);
    }
}
