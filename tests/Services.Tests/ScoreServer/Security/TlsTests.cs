using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Sjc.Contracts.Health;
using Sjc.Contracts.Score.V1;
using Sjc.ScoreServer;
using Sjc.ScoreServer.Models;
using Sjc.ScoreServer.Security;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Security;

public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Tls_ClientTrustsTheAuthority_IsServed()
    {
        await using WebApplication application = await StartAsync();

        Assert.Equal(StatusCode.OK, await ScoreAsync(application.Address(), null));
    }

    [Fact]
    public async Task HealthProbe_CertificateThatNobodyVouchesFor_IsZero()
    {
        await using WebApplication application = await StartAsync();
        using StringWriter output = new();

        Assert.Equal(0, await HealthProbe.RunAsync(application.Address().ToString(), "sjc.score.v1.ScoreService", output));
    }

    [Fact]
    public async Task Tls_CertificateIsRenewed_NewConnectionsSeeIt()
    {
        FakeTimeProvider time = new();
        await using WebApplication application = await StartAsync(time);
        string before = await SerialOfAsync(application.Address());
        string renewed = _certificates.RenewServer();

        string meanwhile = await SerialOfAsync(application.Address());
        time.Advance(RenewedFiles<object>.Pause);

        Assert.Equal((before, renewed), (meanwhile, await SerialOfAsync(application.Address())));
        Assert.NotEqual(before, renewed);
    }

    [Fact]
    public async Task MutualTls_CertificateOfTheAuthority_IsNeeded()
    {
        await using WebApplication application = await StartAsync($"--Security:ClientAuthorityFile={_certificates.AuthorityFile}");
        using TestCertificates strangers = new();
        using X509Certificate2 alice = _certificates.Issue("alice");
        using X509Certificate2 mallory = strangers.Issue("alice");

        Assert.Equal(StatusCode.OK, await ScoreAsync(application.Address(), alice));
        Assert.NotEqual(StatusCode.OK, await ScoreAsync(application.Address(), mallory));
        Assert.NotEqual(StatusCode.OK, await ScoreAsync(application.Address(), null));
        using X509Certificate2 expired = _certificates.Issue("alice", validUntil: DateTimeOffset.UtcNow.AddMinutes(-1));
        using X509Certificate2 server = _certificates.Issue("alice", server: true);
        Assert.NotEqual(StatusCode.OK, await ScoreAsync(application.Address(), expired));
        Assert.NotEqual(StatusCode.OK, await ScoreAsync(application.Address(), server));
    }

    [Fact]
    public async Task MutualTls_AuthoritiesAreRenewed_TakesTheirCertificatesAndNoLongerTheOld()
    {
        FakeTimeProvider time = new();
        using TestCertificates others = new();
        using X509Certificate2 alice = _certificates.Issue("alice");
        using X509Certificate2 bob = others.Issue("bob");
        string authorities = others.AuthorityFile + ".of-clients";
        File.Copy(_certificates.AuthorityFile, authorities);
        await using WebApplication application = await StartAsync(time, $"--Security:ClientAuthorityFile={authorities}");
        Assert.Equal(StatusCode.OK, await ScoreAsync(application.Address(), alice));
        Assert.NotEqual(StatusCode.OK, await ScoreAsync(application.Address(), bob));

        File.Copy(others.AuthorityFile, authorities, overwrite: true);
        time.Advance(RenewedFiles<object>.Pause);

        Assert.Equal(StatusCode.OK, await ScoreAsync(application.Address(), bob));
        Assert.NotEqual(StatusCode.OK, await ScoreAsync(application.Address(), alice));
    }

    private Task<WebApplication> StartAsync(params string[] args) => StartAsync(TimeProvider.System, args);

    private async Task<WebApplication> StartAsync(TimeProvider time, params string[] args)
    {
        WebApplication application = ScoreServerApplication.Build(
            [
                $"--Models:0:Name={TinyPictures.Kind}", $"--Models:0:Kind={TinyPictures.Kind}",
                $"--Security:CertificateFile={_certificates.ServerFile}", $"--Security:CertificateKeyFile={_certificates.ServerKeyFile}", .. args,
            ],
            new ScoreServerHosting { Url = "https://127.0.0.1:0", Quiet = true },
            services => services.AddSingleton<IModelFactory>(TinyPictures.Factory).AddSingleton(time));
        await application.StartAsync(Cancellation);
        await application.WaitUntilReadyAsync(Cancellation);
        return application;
    }

    private SslClientAuthenticationOptions Trusting() => new()
    {
        CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { _certificates.Authority } },
    };

    /// <summary>Of the certificate that a server shows to a new connection.</summary>
    private async Task<string> SerialOfAsync(Uri address)
    {
        using TcpClient client = new();
        await client.ConnectAsync(address.Host, address.Port, Cancellation);
        await using SslStream stream = new(client.GetStream());
        SslClientAuthenticationOptions tls = Trusting();
        (tls.TargetHost, tls.ApplicationProtocols) = ("localhost", [SslApplicationProtocol.Http2]);
        await stream.AuthenticateAsClientAsync(tls, Cancellation);
        return stream.RemoteCertificate!.GetSerialNumberString();
    }

    private async Task<StatusCode> ScoreAsync(Uri address, X509Certificate2? certificate)
    {
        SslClientAuthenticationOptions tls = Trusting();
        if (certificate is not null)
        {
            tls.ClientCertificates = [certificate];
        }

        using GrpcChannel channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { SslOptions = tls }, DisposeHttpClient = true });
        try
        {
            await new ScoreService.ScoreServiceClient(channel).ScoreAsync(Requests.Score(TinyPictures.Kind), cancellationToken: Cancellation);
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }
}
