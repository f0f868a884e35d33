using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Options;
using Sjc.Contracts.Errors;
using Sjc.ScoreServer.Batching;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer.Security;

/// <summary>Finds out who makes a call, and refuses those who may not. Health is for everybody: probes have no keys.</summary>
/// <remarks>A tenant is whom the identity names. Where none is asked for, it is what the metadata "sjc-tenant" says, or else the connection.</remarks>
internal sealed class CallerInterceptor(Authenticator authenticator, IOptions<TenantsOptions> tenants, IOptions<SecurityOptions> security, ScoreServerMetrics metrics) : Interceptor
{
    private const string TenantHeader = "sjc-tenant";
    private const string PriorityHeader = "sjc-priority";
    private const int MaxTenantLength = 64;
    private readonly TenantLabels _labels = new([.. tenants.Value.Tenants.Select(tenant => tenant.Name), .. security.Value.ApiKeys.Select(key => key.Tenant)]);

    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        await AttachAsync(context);
        return await continuation(request, context);
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AttachAsync(context);
        await continuation(request, responseStream, context);
    }

    /// <inheritdoc/>
    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AttachAsync(context);
        return await continuation(requestStream, context);
    }

    /// <inheritdoc/>
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AttachAsync(context);
        await continuation(requestStream, responseStream, context);
    }

    private async Task AttachAsync(ServerCallContext context)
    {
        if (context.Method.StartsWith("/grpc.health.v1.", StringComparison.Ordinal))
        {
            return;
        }

        HttpContext http = context.GetHttpContext();
        Priority priority = ReadPriority(http);
        try
        {
            string? identity = await authenticator.AuthenticateAsync(http);
            string tenant = identity ?? ReadTenant(http) ?? $"connection {http.Connection.Id}";
            new Caller(tenant, _labels.Of(tenant, hasIdentity: identity is not null), priority).Attach(http);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unauthenticated)
        {
            metrics.Refuse("unauthenticated");
            throw;
        }
    }

    private static Priority ReadPriority(HttpContext http) => http.Request.Headers[PriorityHeader].ToString() switch
    {
        "" or "interactive" => Priority.Interactive,
        "background" => Priority.Background,
        string other => throw RpcErrors.InvalidArgument([new FieldViolation(PriorityHeader, $"{PriorityHeader} must be interactive or background, but is {other}.")]).ToRpcException(),
    };

    private static string? ReadTenant(HttpContext http)
    {
        string tenant = http.Request.Headers[TenantHeader].ToString();
        return tenant.Length == 0 ? null
            : tenant.Length <= MaxTenantLength && tenant.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.') ? tenant
            : throw RpcErrors.InvalidArgument([new FieldViolation(TenantHeader, $"{TenantHeader} must be at most {MaxTenantLength} letters, digits, '-', '_' or '.', but is other than that.")]).ToRpcException();
    }
}
