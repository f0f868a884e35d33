using Grpc.Core;
using Sjc.ScoreServer.Batching;

namespace Sjc.ScoreServer.Security;

/// <summary>Who makes a call.</summary>
/// <param name="Tenant">Whose turn, weight and quota it is.</param>
/// <param name="Label">The tenant for metrics: those that nobody vouches for have one together, so that they stay few.</param>
/// <param name="Priority">Among calls of the tenant.</param>
internal sealed record Caller(string Tenant, string Label, Priority Priority)
{
    private static readonly object Key = new();

    /// <summary>The caller that <see cref="CallerInterceptor"/> has found.</summary>
    public static Caller Of(ServerCallContext context) => (Caller)context.GetHttpContext().Items[Key]!;

    public void Attach(HttpContext context) => context.Items[Key] = this;
}
