using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Sjc.Contracts.Score.V1;

namespace Sjc.Client.Scoring;

/// <summary>Refuses messages that are larger than the scorer says that it takes, before they travel: a server breaks the whole stream off at one, and to send it again helps nobody.</summary>
/// <param name="describe">A model's description, which states the limit.</param>
internal sealed class MessageLimits(Func<string, CancellationToken, Task<Model>> describe)
{
    /// <summary>Every scorer takes so much; it is asked for its limit when more is to be sent for the first time.</summary>
    private const int AlwaysTaken = 64 * 1024;

    private readonly ConcurrentDictionary<string, ulong> limits = new(StringComparer.Ordinal);

    /// <summary>Passes where the message can be sent, or where the limit cannot be learnt: then whoever sends it learns why.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it is too large.</exception>
    public async ValueTask RequireAsync(string model, IMessage message, CancellationToken cancellationToken)
    {
        int size = message.CalculateSize();
        if (size <= AlwaysTaken)
        {
            return;
        }

        if (!limits.TryGetValue(model, out ulong limit))
        {
            try
            {
                limit = limits[model] = (await describe(model, cancellationToken)).MaxMessageBytes;
            }
            catch (Exception exception) when (exception is ServiceRefusedException or ServiceUnavailableException)
            {
                return;
            }
        }

        // 0: a scorer that states none.
        if (limit > 0 && (ulong)size > limit)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"The request must have at most {limit} bytes, but has {size}."));
        }
    }
}
