using Grpc.Core;
using Sjc.Contracts.Field.V1;

namespace Sjc.Cli.Runs;

/// <summary>Fetches rendered pictures.</summary>
internal static class ViewDownload
{
    /// <summary>Views in one request, so that no message and no wait grows large.</summary>
    private const int ChunkSize = 16;

    /// <summary>Renders views of a job's field.</summary>
    /// <param name="client">Of the optimizer.</param>
    /// <param name="template">All of the request but its views.</param>
    /// <param name="views">Any number.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>One response a view, in their order.</returns>
    public static async Task<RenderViewsResponse[]> RenderAsync(
        FieldService.FieldServiceClient client, RenderViewsRequest template, IReadOnlyList<OrbitView> views, CancellationToken cancellationToken)
    {
        List<RenderViewsResponse> responses = [];
        foreach (OrbitView[] chunk in views.Chunk(ChunkSize))
        {
            RenderViewsRequest request = template.Clone();
            request.Views.Add(chunk);
            using AsyncServerStreamingCall<RenderViewsResponse> call = client.RenderViews(request, cancellationToken: cancellationToken);
            RenderViewsResponse[] received = await call.ResponseStream.ReadAllAsync(cancellationToken).ToArrayAsync(cancellationToken);
            responses.AddRange(received.OrderBy(response => response.Index));
        }

        return responses.Count == views.Count
            ? [.. responses]
            : throw new InvalidDataException($"The optimizer must answer with {views.Count} views, but sent {responses.Count}.");
    }

    /// <summary>One turn at a constant elevation, starting at the front.</summary>
    public static IReadOnlyList<OrbitView> Turn(uint count, double elevationDegrees) =>
        [.. Enumerable.Range(0, (int)count).Select(i => new OrbitView { AzimuthDegrees = 360.0 * i / count, ElevationDegrees = elevationDegrees })];
}
