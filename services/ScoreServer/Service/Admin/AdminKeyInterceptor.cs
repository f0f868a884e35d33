using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Options;
using Sjc.ScoreServer.Security;

namespace Sjc.ScoreServer.Admin;

/// <summary>Refuses operators who do not show the key, where there is one. All calls of the service are unary.</summary>
internal sealed class AdminKeyInterceptor(IOptions<AdminOptions> options) : Interceptor
{
    private readonly byte[] _hash = Convert.FromHexString(options.Value.KeySha256);

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        bool isKnown = _hash.Length == 0
            || (ShownKey.OfBearer(context.RequestHeaders.GetValue("authorization")) is { } key && CryptographicOperations.FixedTimeEquals(ShownKey.Hash(key), _hash));
        return isKnown
            ? continuation(request, context)
            : throw new RpcException(new Status(StatusCode.Unauthenticated, "The call must show the admin port's key in its metadata, but does not."));
    }
}
