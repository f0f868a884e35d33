using System.Security.Cryptography;
using System.Text;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sjc.Contracts.Score.V1;
using Sjc.ScoreServer.Security;
using Sjc.Services.Tests.FieldOptimizer;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Security;

public sealed class AuthenticationTests : IDisposable
{
    private const string Key = "a key of alice's";
    private readonly TemporaryFolder _folder = new();
    private readonly RSA _issuer = RSA.Create(2048);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Hash => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));

    public void Dispose()
    {
        _folder.Dispose();
        _issuer.Dispose();
    }

    [Theory]
    [InlineData("authorization", "Bearer " + Key, StatusCode.OK)]
    [InlineData("sjc-api-key", Key, StatusCode.OK)]
    [InlineData("authorization", "Bearer another key", StatusCode.Unauthenticated)]
    [InlineData("authorization", Key, StatusCode.Unauthenticated)]
    [InlineData("sjc-tenant", "alice", StatusCode.Unauthenticated)]
    public async Task Score_ApiKeyOn_TakesTheKeyAlone(string header, string value, StatusCode expected)
    {
        await using ScoreServerHost host = await KeyHostAsync();

        Assert.Equal(expected, await ScoreAsync(host, new Metadata { { header, value } }));
    }

    [Fact]
    public async Task Stream_ApiKeyMissing_IsUnauthenticatedAndHealthIsForEverybody()
    {
        await using ScoreServerHost host = await KeyHostAsync();
        using AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> call = host.Client.ScoreStream(cancellationToken: Cancellation);

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        HealthCheckResponse health = await new Health.HealthClient(host.Channel).CheckAsync(new HealthCheckRequest(), cancellationToken: Cancellation);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    [Fact]
    public async Task Score_Tenant_HasItsOwnQuota()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync(
            [TinyPictures.Factory], "--Security:ApiKeys:0:Tenant=alice", $"--Security:ApiKeys:0:Sha256={Hash}", "--Tenants:0:Name=alice", "--Tenants:0:CapacityRows=2", "--Tenants:0:CallsPerSecond=3");
        Metadata headers = new() { { "sjc-api-key", Key } };

        RpcException tooLarge = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind, 3), headers, cancellationToken: Cancellation));
        StatusCode[] codes = [await ScoreAsync(host, headers), await ScoreAsync(host, headers), await ScoreAsync(host, headers), await ScoreAsync(host, headers)];

        Assert.Contains("the tenant's quota", Assert.Single(Requests.Violations(tooLarge)), StringComparison.Ordinal);
        Assert.Contains(StatusCode.ResourceExhausted, codes);
        Assert.Equal(StatusCode.OK, codes[0]);
    }

    [Theory]
    [InlineData("--Tenants:0:Name=alice", "--Tenants:0:CallsPerSecond=1")]
    [InlineData("--Api:TenantCallsPerSecond=1")]
    public async Task EncodePrompts_BeyondTheQuota_IsRefusedWithRetryInfo(params string[] quota)
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], quota);
        EncodePromptsRequest request = new() { Model = TinyPictures.Kind, Prompts = { "a red car" } };

        Task<EncodePromptsResponse>[] calls =
        [
            .. Enumerable.Range(0, 20).Select(_ => host.Client.EncodePromptsAsync(request, new Metadata { { "sjc-tenant", "alice" } }, cancellationToken: Cancellation).ResponseAsync),
        ];
        await Task.WhenAll(calls).ContinueWith(static all => all.Exception, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default);

        RpcException[] refused = [.. calls.Where(call => call.IsFaulted).Select(call => Assert.IsType<RpcException>(call.Exception!.InnerException))];
        Assert.NotEmpty(refused);
        Assert.Contains(calls, call => call.IsCompletedSuccessfully);
        Assert.All(refused, refusal => Assert.NotNull(refusal.GetRpcStatus()!.GetDetail<RetryInfo>()));
    }

    [Fact]
    public async Task Score_Tokens_TakesSignedOnesOfTheIssuerAlone()
    {
        File.WriteAllText(_folder["issuer.pem"], _issuer.ExportSubjectPublicKeyInfoPem());
        await using ScoreServerHost host = await ScoreServerHost.StartAsync(
            [TinyPictures.Factory], $"--Security:Jwt:KeyFile={_folder["issuer.pem"]}", "--Security:Jwt:Issuer=them", "--Security:Jwt:Audience=us");
        using RSA stranger = RSA.Create(2048);
        SigningCredentials good = new(new RsaSecurityKey(_issuer), SecurityAlgorithms.RsaSha256);

        Assert.Equal(StatusCode.OK, await ShowAsync(host, Token(good)));
        Assert.Equal(StatusCode.Unauthenticated, await ShowAsync(host, Token(good, audience: "others")));
        Assert.Equal(StatusCode.Unauthenticated, await ShowAsync(host, Token(good, expired: TimeSpan.FromHours(1))));
        Assert.Equal(StatusCode.Unauthenticated, await ShowAsync(host, Token(good, expired: TimeSpan.FromMinutes(1))));
        Assert.Equal(StatusCode.Unauthenticated, await ShowAsync(host, Token(good, issuer: "others")));
        Assert.Equal(StatusCode.Unauthenticated, await ShowAsync(host, Token(new SigningCredentials(new RsaSecurityKey(stranger), SecurityAlgorithms.RsaSha256))));
        Assert.Equal(StatusCode.Unauthenticated, await ShowAsync(host, Token(null)));

        // Signed with what everybody may know: the public key as a secret.
        byte[] secret = Encoding.UTF8.GetBytes(_issuer.ExportSubjectPublicKeyInfoPem());
        Assert.Equal(StatusCode.Unauthenticated, await ShowAsync(host, Token(new SigningCredentials(new SymmetricSecurityKey(secret), SecurityAlgorithms.HmacSha256))));
    }

    [Theory]
    [InlineData("sjc-priority", "urgent")]
    [InlineData("sjc-tenant", "a b")]
    public async Task Score_BadMetadata_IsRefused(string header, string value)
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);

        Assert.Equal(StatusCode.InvalidArgument, await ScoreAsync(host, new Metadata { { header, value } }));
    }

    private static Task<ScoreServerHost> KeyHostAsync() => ScoreServerHost.StartAsync(
        [TinyPictures.Factory], "--Security:ApiKeys:0:Tenant=alice", $"--Security:ApiKeys:0:Sha256={Hash}");

    [Fact]
    public async Task Score_KeyFileIsRenewed_TakesTheNewKeyAndNoLongerTheOld()
    {
        File.WriteAllText(_folder["issuer.pem"], _issuer.ExportSubjectPublicKeyInfoPem());
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        using RSA next = RSA.Create(2048);
        Authenticator authenticator = new(
            Options.Create(new SecurityOptions { Jwt = new JwtOptions { KeyFile = _folder["issuer.pem"], Issuer = "them", Audience = "us" } }), time, NullLogger<Authenticator>.Instance);
        string old = Token(new SigningCredentials(new RsaSecurityKey(_issuer), SecurityAlgorithms.RsaSha256));
        string renewed = Token(new SigningCredentials(new RsaSecurityKey(next), SecurityAlgorithms.RsaSha256));

        Assert.Equal("alice", await authenticator.AuthenticateAsync(Showing(old)));
        await Assert.ThrowsAsync<RpcException>(() => authenticator.AuthenticateAsync(Showing(renewed)));
        File.WriteAllText(_folder["issuer.pem"], next.ExportSubjectPublicKeyInfoPem());
        time.Advance(RenewedFiles<object>.Pause);

        Assert.Equal("alice", await authenticator.AuthenticateAsync(Showing(renewed)));
        await Assert.ThrowsAsync<RpcException>(() => authenticator.AuthenticateAsync(Showing(old)));
    }

    [Fact]
    public async Task Score_ApiKeyFileIsRenewed_TakesTheNewKeyAndNoLongerTheOld()
    {
        string next = Convert.ToHexString(SHA256.HashData("another"u8));
        File.WriteAllText(_folder["keys"], $"{Hash} alice\n");
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        Authenticator authenticator = new(Options.Create(new SecurityOptions { ApiKeyFile = _folder["keys"] }), time, NullLogger<Authenticator>.Instance);

        Assert.Equal("alice", await authenticator.AuthenticateAsync(Showing(Key)));
        await Assert.ThrowsAsync<RpcException>(() => authenticator.AuthenticateAsync(Showing("another")));
        File.WriteAllText(_folder["keys"], $"{next} bob\n");
        Assert.Equal("alice", await authenticator.AuthenticateAsync(Showing(Key)));
        time.Advance(RenewedFiles<object>.Pause);

        Assert.Equal("bob", await authenticator.AuthenticateAsync(Showing("another")));
        await Assert.ThrowsAsync<RpcException>(() => authenticator.AuthenticateAsync(Showing(Key)));
    }

    [Fact]
    public async Task Score_ApiKeyFile_IsAskedForBesideTheConfiguredKeys()
    {
        File.WriteAllText(_folder["keys"], $"{Convert.ToHexString(SHA256.HashData("another"u8))} bob");
        await using ScoreServerHost host = await ScoreServerHost.StartAsync(
            [TinyPictures.Factory], "--Security:ApiKeys:0:Tenant=alice", $"--Security:ApiKeys:0:Sha256={Hash}", $"--Security:ApiKeyFile={_folder["keys"]}");

        Assert.Equal(StatusCode.OK, await ShowAsync(host, Key));
        Assert.Equal(StatusCode.OK, await ShowAsync(host, "another"));
        Assert.Equal(StatusCode.Unauthenticated, await ShowAsync(host, "a third"));
        Assert.Equal(StatusCode.Unauthenticated, await ScoreAsync(host, []));
    }

    private static DefaultHttpContext Showing(string token)
    {
        DefaultHttpContext context = new();
        context.Request.Headers.Authorization = $"Bearer {token}";
        return context;
    }

    private static string Token(SigningCredentials? credentials, string audience = "us", string issuer = "them", TimeSpan? expired = null) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = issuer,
        Audience = audience,
        Claims = new Dictionary<string, object> { ["sub"] = "alice" },
        NotBefore = DateTime.UtcNow.AddHours(-2),
        Expires = expired is { } since ? DateTime.UtcNow - since : DateTime.UtcNow.AddHours(1),
        SigningCredentials = credentials,
    });

    private static Task<StatusCode> ShowAsync(ScoreServerHost host, string token) => ScoreAsync(host, new Metadata { { "authorization", $"Bearer {token}" } });

    private static async Task<StatusCode> ScoreAsync(ScoreServerHost host, Metadata headers)
    {
        try
        {
            await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind), headers, cancellationToken: Cancellation);
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }
}
