using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace Sjc.Client.Endpoints;

/// <summary>Channels to endpoints, as the options want them.</summary>
internal static class Transport
{
    public static GrpcChannel OpenChannel(EndpointKey key, ServiceClientOptions options)
    {
        SocketsHttpHandler handler = new()
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            SslOptions = SslOptions(options),
        };
        if (key.Ip is not null)
        {
            handler.ConnectCallback = (context, cancellationToken) => ConnectAsync(new IPEndPoint(key.Ip, context.DnsEndPoint.Port), cancellationToken);
        }

        return GrpcChannel.ForAddress(key.Address, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = options.MaxMessageBytes,
            MaxSendMessageSize = options.MaxMessageBytes,
            MaxReconnectBackoff = options.MaxRetryDelay,
            InitialReconnectBackoff = options.RetryDelay,
            DisposeHttpClient = true,
            HttpHandler = handler,
        });
    }

    /// <summary>Calls over a channel, with the options' metadata.</summary>
    public static CallInvoker Invoker(GrpcChannel channel, ServiceClientOptions options) => options.Headers.Count == 0
        ? channel.CreateCallInvoker()
        : channel.Intercept(metadata =>
        {
            foreach ((string name, string value) in options.Headers)
            {
                metadata.Add(name, value);
            }

            return metadata;
        });

    private static async ValueTask<Stream> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        Socket socket = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions SslOptions(ServiceClientOptions options)
    {
        SslClientAuthenticationOptions ssl = new();
        if (options.ClientCertificate.Length > 0)
        {
            ssl.ClientCertificates = [X509Certificate2.CreateFromPemFile(options.ClientCertificate, options.ClientKey)];
        }

        if (options.TrustedRoots.Length > 0)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(options.TrustedRoots);
            ssl.CertificateChainPolicy = policy;
        }

        return ssl;
    }
}
