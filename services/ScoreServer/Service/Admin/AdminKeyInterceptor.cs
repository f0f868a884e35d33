using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Options;

namespace Sjc.ScoreServer.Admin;

/// <summary>Refuses operators who do not show the key, where there is one. All calls of the service are unary.</summary>
internal sealed class AdminKeyInterceptor(IOptions<AdminOptions> options) : Interceptor
{
    private const string Bearer = "Bearer ";
    private readonly byte[] _hash = Convert.FromHexString(options.Value.KeySha256);

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        string shown = context.RequestHeaders.GetValue("authorization") ?? "";
        bool isKnown = _hash.Length == 0
            || (shown.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
                && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(shown[Bearer.Length..].Trim())), _hash));
        return isKnown
            ? continuation(request, context)
            : throw new RpcException(new Status(StatusCode.Unauthenticated, "The call must show the admin port's key in its metadata, but does not."));
    }
}
