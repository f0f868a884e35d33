using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Sjc.Client;
using Sjc.Client.Endpoints;

namespace Sjc.Services.Tests.Clients;

/// <summary>The choice between endpoints; nobody listens at their addresses.</summary>
public sealed class EndpointPoolTests
{
    private static readonly IPAddress First = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress Second = IPAddress.Parse("127.0.0.2");
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LeaseAsync_SeveralEndpoints_GoesWhereFewestRowsAre()
    {
        await using EndpointPool pool = Pool("127.0.0.1:9,127.0.0.2:9,127.0.0.3:9");
        await using EndpointLease first = await pool.LeaseAsync([], 5, Token);
        await using EndpointLease second = await pool.LeaseAsync([], 1, Token);
        await using EndpointLease third = await pool.LeaseAsync([], 3, Token);

        await using EndpointLease fourth = await pool.LeaseAsync([], 1, Token);

        Assert.Equal(3, new[] { first, second, third }.Select(lease => lease.Endpoint.Key).Distinct().Count());
        Assert.Equal(second.Endpoint, fourth.Endpoint);
        Assert.Equal(2, fourth.Endpoint.Load);
    }

    [Fact]
    public async Task LeaseAsync_EqualLoads_TakesTurns()
    {
        await using EndpointPool pool = Pool("127.0.0.1:9,127.0.0.2:9");
        List<EndpointKey> chosen = [];
        for (int i = 0; i < 4; i++)
        {
            await using EndpointLease lease = await pool.LeaseAsync([], 1, Token);
            chosen.Add(lease.Endpoint.Key);
        }

        Assert.Equal([chosen[0], chosen[1], chosen[0], chosen[1]], chosen);
        Assert.NotEqual(chosen[0], chosen[1]);
    }

    [Fact]
    public async Task LeaseAsync_EndpointHasFailed_IsAvoidedForAWhile()
    {
        await using EndpointPool pool = Pool("127.0.0.1:9,127.0.0.2:9");
        Endpoint failed = await ChooseAsync(pool);
        failed.Fail(TimeSpan.FromSeconds(5));

        Assert.NotEqual(failed, await ChooseAsync(pool));
        Assert.NotEqual(failed, await ChooseAsync(pool));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(failed, await ChooseAsync(pool));
    }

    [Fact]
    public async Task LeaseAsync_AllHaveFailed_TakesOneThatWasNotTried()
    {
        await using EndpointPool pool = Pool("127.0.0.1:9,127.0.0.2:9");
        Endpoint one = await ChooseAsync(pool);
        Endpoint other = await ChooseAsync(pool);
        one.Fail(null);
        other.Fail(null);

        Assert.False(pool.HasAvailable());
        await using EndpointLease lease = await pool.LeaseAsync([one.Key], 1, Token);
        Assert.Equal(other, lease.Endpoint);
    }

    [Fact]
    public async Task LeaseAsync_DnsName_HasOneEndpointForEachAddressAndFollowsTheName()
    {
        IPAddress[] addresses = [First, Second];
        await using EndpointPool pool = Pool("dns:///scorers:9", (_, _) => Task.FromResult(addresses));
        Endpoint[] before = [await ChooseAsync(pool), await ChooseAsync(pool)];
        Assert.Equal([First, Second], before.Select(endpoint => endpoint.Key.Ip!).OrderBy(ip => ip.ToString()));

        addresses = [Second];
        time.Advance(TimeSpan.FromSeconds(30));
        await Eventually.HoldsAsync(() => !pool.HasOther([.. before.Where(endpoint => endpoint.Key.Ip!.Equals(Second)).Select(endpoint => endpoint.Key)]));

        Assert.Equal(Second, (await ChooseAsync(pool)).Key.Ip);
        Assert.Equal(Second, (await ChooseAsync(pool)).Key.Ip);
    }

    [Fact]
    public async Task LeaseAsync_NameWithoutAddress_IsUnavailable()
    {
        await using EndpointPool pool = Pool("dns:///scorers:9", (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => pool.LeaseAsync([], 1, Token));

        Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
    }

    private static async Task<Endpoint> ChooseAsync(EndpointPool pool)
    {
        await using EndpointLease lease = await pool.LeaseAsync([], 1, Token);
        return lease.Endpoint;
    }

    // What health watches find, nobody, and when, would be a matter of chance.
    private EndpointPool Pool(string address, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null) =>
        new(new ServiceClientOptions { Address = address }, healthService: null, time, resolve);
}
