using Sjc.Client;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;

namespace Sjc.FieldOptimizer.Scoring;

/// <summary>Has the scorer decode latents to pictures, and gives up for a while where it cannot: pictures are wanted, but nothing may wait long for them.</summary>
internal sealed class LatentDecoder(ScorerClient scorer, TimeProvider time)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);
    private readonly Lock gate = new();
    private (long Since, string Reason)? failure;

    /// <summary>The picture of an image of latents.</summary>
    /// <param name="model">Whose latents they are.</param>
    /// <param name="latents">[c, height, width].</param>
    /// <param name="height">Of the latents.</param>
    /// <param name="width">Of the latents.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The picture, or why there is none.</returns>
    public async Task<DecodedPicture> DecodeAsync(Model model, float[] latents, int height, int width, CancellationToken cancellationToken)
    {
        if (model.PixelShape.Count != 3)
        {
            return DecodedPicture.None($"The scorer holds no autoencoder for {model.Name}.");
        }

        if (RecentFailure() is { } reason)
        {
            return DecodedPicture.None(reason);
        }

        try
        {
            // An answer within the time for descriptions, before a call that may take minutes and is repeated for as long.
            await scorer.GetModelAsync(model.Name, cancellationToken);
            DecodeLatentsRequest request = new() { Model = model.Name, Latents = TensorCodec.Encode(latents, [1, latents.Length / (height * width), height, width]) };
            DecodeLatentsResponse response = await scorer.DecodeLatentsAsync(request, cancellationToken);
            return Read(response);
        }
        catch (Exception exception) when (exception is ServiceRefusedException or ServiceUnavailableException)
        {
            lock (gate)
            {
                failure = (time.GetTimestamp(), exception.Message);
            }

            return DecodedPicture.None(exception.Message);
        }
    }

    private static DecodedPicture Read(DecodeLatentsResponse response)
    {
        FieldViolations violations = new();
        return TensorCodec.TryDecode(response.Images, "images", [1, 3, TensorCodec.AnyExtent, TensorCodec.AnyExtent], violations, out float[] pixels)
            ? new DecodedPicture(pixels, (int)response.Images.Shape[2], (int)response.Images.Shape[3], "")
            : throw new ServiceRefusedException($"The scorer's answer is malformed: {violations.Items[0].Description}");
    }

    private string? RecentFailure()
    {
        lock (gate)
        {
            return failure is (long since, string reason) && time.GetElapsedTime(since) < PauseAfterFailure ? reason : null;
        }
    }
}
