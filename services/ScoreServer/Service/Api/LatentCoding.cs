using Grpc.Core;
using Microsoft.Extensions.Options;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Tensor.V1;
using Sjc.Contracts.Tensors;
using Sjc.Diffusion;
using Sjc.ScoreServer.Models;
using TorchSharp;
using static TorchSharp.torch;
using WireTensor = Sjc.Contracts.Tensor.V1.Tensor;

namespace Sjc.ScoreServer.Api;

/// <summary>Pictures to latents and back, on the thread of the model's device. Images go through the autoencoder one by one: its activations are many times
/// the size of a picture, and so an image's bits do not depend on the others of its request.</summary>
internal sealed class LatentCoding(IOptions<ApiOptions> options)
{
    /// <summary>Pixels of a decoded picture, in those of the model's own.</summary>
    private const int MaxArea = 4;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private int _running;

    /// <summary>The autoencoder of a model.</summary>
    /// <exception cref="RpcException">FAILED_PRECONDITION: it has none.</exception>
    public static ILatentCodec CodecOf(LoadedModel model) => model.Denoiser.LatentCodec ?? throw RpcErrors.FailedPrecondition(
        "NO_AUTOENCODER", $"{model.Name} must be a model with an autoencoder, but its data space is {model.Description.DataSpace.ToString().ToLowerInvariant()} and it has none.").ToRpcException();

    /// <summary>The latents, [n, c, h, w], of pictures of the model's size.</summary>
    /// <exception cref="InvalidRequestException">The tensor is another one.</exception>
    public async Task<WireTensor> EncodeAsync(LoadedModel model, WireTensor? images, CancellationToken cancellationToken)
    {
        ILatentCodec codec = CodecOf(model);
        float[] pixels = ReadPictures(images, codec.PixelShape);
        return await CodeAsync(model, pixels, codec.PixelShape, (codec, picture) => codec.Encode(picture), cancellationToken);
    }

    /// <summary>The pictures, [n, 3, height, width] in [−1, 1], of latents of any height and width.</summary>
    /// <exception cref="InvalidRequestException">The tensor is another one.</exception>
    public async Task<WireTensor> DecodeAsync(LoadedModel model, WireTensor? latents, CancellationToken cancellationToken)
    {
        CodecOf(model);
        FieldViolations violations = new();
        DataShape own = model.Description.DataShape;
        if (TensorCodec.TryDecode(latents, "latents", [TensorCodec.AnyExtent, own.Channels, TensorCodec.AnyExtent, TensorCodec.AnyExtent], violations, out float[] values))
        {
            RequireCount(latents!, "latents", violations);
            long most = (long)MaxArea * own.Height * own.Width;
            violations.Require((long)latents!.Shape[2] * latents.Shape[3] <= most, "latents.shape", $"have at most {most} values a channel", (long)latents.Shape[2] * latents.Shape[3]);
        }

        violations.ThrowIfAny();
        DataShape shape = new(own.Channels, (int)latents!.Shape[2], (int)latents.Shape[3]);
        return await CodeAsync(model, values, shape, (codec, image) => codec.Decode(image).clamp(-1, 1), cancellationToken);
    }

    /// <summary>A gradient on latents as one on pixels.</summary>
    /// <param name="model">With an autoencoder.</param>
    /// <param name="images">Pictures that <see cref="EncodeAsync"/> took.</param>
    /// <param name="gradients">[n, c, h, w].</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>[n, 3, height, width].</returns>
    public async Task<WireTensor> EncodeAdjointAsync(LoadedModel model, WireTensor images, WireTensor gradients, CancellationToken cancellationToken)
    {
        ILatentCodec codec = CodecOf(model);
        float[] given = TensorCodec.Decode(gradients, "gradients");
        DataShape shape = model.Description.DataShape;
        int image = 0;
        return await CodeAsync(
            model,
            ReadPictures(images, codec.PixelShape),
            codec.PixelShape,
            (codec, picture) => codec.EncodeVjp(picture, ToTensor(given.AsSpan(image++ * shape.ElementCount, shape.ElementCount), shape, model)),
            cancellationToken);
    }

    private async Task<WireTensor> CodeAsync(
        LoadedModel model, float[] values, DataShape shape, Func<ILatentCodec, torch.Tensor, torch.Tensor> code, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _running) > options.Value.MaxConcurrentCodings)
        {
            Interlocked.Decrement(ref _running);
            throw RpcErrors.ResourceExhausted(
                $"A server must encode and decode at most {options.Value.MaxConcurrentCodings} requests at once, but is asked for more; retry later.", RetryDelay).ToRpcException();
        }

        try
        {
            return await model.Thread.InvokeAsync(() => Run(model, values, shape, code, cancellationToken)).WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private static WireTensor Run(
        LoadedModel model, float[] values, DataShape shape, Func<ILatentCodec, torch.Tensor, torch.Tensor> code, CancellationToken cancellationToken)
    {
        ILatentCodec codec = CodecOf(model);
        int count = values.Length / shape.ElementCount;
        float[] coded = [];
        int[] codedShape = [];
        for (int image = 0; image < count; image++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using IDisposable scope = NewDisposeScope();
            torch.Tensor result = code(codec, ToTensor(values.AsSpan(image * shape.ElementCount, shape.ElementCount), shape, model));
            float[] one = result.detach().to(float32).cpu().contiguous().data<float>().ToArray();
            if (image == 0)
            {
                coded = new float[count * one.Length];
                codedShape = [count, .. result.shape.Skip(1).Select(extent => (int)extent)];
            }

            one.CopyTo(coded, image * one.Length);
        }

        return TensorCodec.Encode(coded, codedShape);
    }

    private static torch.Tensor ToTensor(ReadOnlySpan<float> image, DataShape shape, LoadedModel model) =>
        tensor(image.ToArray(), new long[] { 1, shape.Channels, shape.Height, shape.Width }).to(model.Description.StateType).to(device(model.Description.Device));

    private float[] ReadPictures(WireTensor? images, DataShape shape)
    {
        FieldViolations violations = new();
        if (TensorCodec.TryDecode(images, "images", [TensorCodec.AnyExtent, shape.Channels, shape.Height, shape.Width], violations, out float[] pixels))
        {
            RequireCount(images!, "images", violations);
        }

        violations.ThrowIfAny();
        return pixels;
    }

    private void RequireCount(WireTensor tensor, string field, FieldViolations violations) =>
        violations.Require(tensor.Shape[0] <= options.Value.MaxImagesPerRequest, $"{field}.shape", $"hold at most {options.Value.MaxImagesPerRequest} images", tensor.Shape[0]);
}
