using Microsoft.Extensions.Options;
using Sjc.ScoreServer.Api;
using Sjc.ScoreServer.Batching;

namespace Sjc.Services.Tests.ScoreServer.Api;

public sealed class RequestRatesTests
{
    /// <summary>Would take as many seconds where one a second is let through.</summary>
    private const int Many = 50;

    [Fact]
    public void TryTake_NoQuotaOfItsOwn_KeepsToTheUsualOneOfEachTenant()
    {
        using RequestRates rates = Create(usual: 1);

        Assert.Equal((1, 1), (rates.Of("alice"), rates.Of("bob")));
        Assert.Equal((true, true), (rates.TryTake("alice", out _), rates.TryTake("bob", out _)));
        Assert.Contains(false, Enumerable.Range(0, Many).Select(unused => rates.TryTake("alice", out _)));
    }

    [Fact]
    public void TryTake_QuotaOfItsOwn_TakesThePlaceOfTheUsualOne()
    {
        using RequestRates rates = Create(usual: 1, new TenantOptions { Name = "alice", CallsPerSecond = 1000 });

        Assert.Equal((1000, 1), (rates.Of("alice"), rates.Of("bob")));
        Assert.All(Enumerable.Range(0, 1000), unused => Assert.True(rates.TryTake("alice", out TimeSpan wait) && wait == TimeSpan.Zero));
    }

    [Fact]
    public void TryTake_NoneLeft_SaysWhenToTryAgain()
    {
        using RequestRates rates = Create(usual: 4);

        TimeSpan[] waits = [.. Enumerable.Range(0, Many).Select(unused => rates.TryTake("alice", out TimeSpan wait) ? TimeSpan.Zero : wait).Where(wait => wait > TimeSpan.Zero)];

        Assert.NotEmpty(waits);
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(0.25)));
    }

    [Fact]
    public void TryTake_UsualQuotaIsOff_BoundsNobody()
    {
        using RequestRates rates = Create(usual: 0, new TenantOptions { Name = "alice" });

        Assert.Equal((null, null), (rates.Of("alice"), rates.Of("bob")));
        Assert.All(Enumerable.Range(0, 10_000), i => Assert.True(rates.TryTake(i % 2 == 0 ? "alice" : "bob", out _)));
    }

    private static RequestRates Create(int usual, params TenantOptions[] tenants) =>
        new(Options.Create(new TenantsOptions { Tenants = tenants }), Options.Create(new ApiOptions { TenantCallsPerSecond = usual }));
}
