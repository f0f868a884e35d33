using Sjc.ScoreServer.Security;

namespace Sjc.Services.Tests.ScoreServer.Security;

public sealed class TenantLabelsTests
{
    [Fact]
    public void Of_ManyTenants_AreFewLabels()
    {
        TenantLabels labels = new(["configured"]);

        string[] given = [.. Enumerable.Range(0, 10_000).Select(i => labels.Of($"tenant-{i}", hasIdentity: true))];

        Assert.Equal(TenantLabels.Capacity + 1, given.Distinct().Count());
        Assert.Equal("tenant-0", given[0]);
        Assert.Equal(TenantLabels.Others, given[^1]);
        Assert.Equal("tenant-0", labels.Of("tenant-0", hasIdentity: true));
        Assert.Equal("configured", labels.Of("configured", hasIdentity: true));
    }

    [Theory]
    [InlineData("whoever", false, TenantLabels.Anonymous)]
    [InlineData("configured", false, "configured")]
    [InlineData("a-name-of-more-than-sixty-four-letters-that-somebody-put-into-a-token", true, TenantLabels.Others)]
    public void Of_Tenant_IsNamedWhereItIsKnown(string tenant, bool hasIdentity, string expected) =>
        Assert.Equal(expected, new TenantLabels(["configured"]).Of(tenant, hasIdentity));
}
