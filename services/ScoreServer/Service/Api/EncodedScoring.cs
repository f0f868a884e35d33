using Google.Protobuf.Collections;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensor.V1;
using Sjc.Contracts.Tensors;
using Sjc.Diffusion;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Api;

/// <summary>Scores of pictures by a latent model: through the encoder, and the gradient back through it.</summary>
internal sealed class EncodedScoring(LatentCoding coding)
{
    /// <summary>Answers a request whose images are pixels to encode.</summary>
    /// <param name="request">From the wire, with <see cref="ScoreRequest.EncodeImages"/>.</param>
    /// <param name="model">With an autoencoder.</param>
    /// <param name="scoreLatents">Answers the same request with latents for images.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Contracts.Errors.InvalidRequestException">The images are no pictures of the model's size.</exception>
    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION: the model has no autoencoder.</exception>
    public async Task<ScoreResponse> ScoreAsync(
        ScoreRequest request, LoadedModel model, Func<ScoreRequest, Task<ScoreResponse>> scoreLatents, CancellationToken cancellationToken)
    {
        ScoreOutputs outputs = request.Outputs ?? new ScoreOutputs { Gradient = true };
        bool needsGradient = outputs.Gradient || outputs.Score;
        ScoreRequest inner = request.Clone();
        inner.EncodeImages = false;
        inner.Images = await coding.EncodeAsync(model, request.Images, cancellationToken);
        if (needsGradient)
        {
            inner.Outputs = new ScoreOutputs { Gradient = true, Denoised = outputs.Denoised };
            inner.OutputDataType = DataType.F32;
        }

        ScoreResponse response = await scoreLatents(inner);
        if (!needsGradient)
        {
            return response;
        }

        Tensor gradient = await coding.EncodeAdjointAsync(model, request.Images, response.Gradient, cancellationToken);
        response.Gradient = outputs.Gradient ? Typed(gradient, request) : null;
        response.Score = outputs.Score ? Typed(Score(gradient, response.Sigmas), request) : null;
        response.Denoised = outputs.Denoised ? Typed(response.Denoised, request) : null;
        return response;
    }

    /// <summary>gradient/σ, image by image: the adjoint is linear.</summary>
    private static Tensor Score(Tensor gradient, RepeatedField<double> sigmas)
    {
        float[] values = TensorCodec.Decode(gradient);
        int size = values.Length / sigmas.Count;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(values[i] / sigmas[i / size]);
        }

        return TensorCodec.Encode(values, [.. gradient.Shape.Select(extent => (int)extent)]);
    }

    private static Tensor Typed(Tensor tensor, ScoreRequest request) => request.OutputDataType == DataType.F16
        ? ScoreMapping.Encode(TensorCodec.Decode(tensor), [.. tensor.Shape.Select(extent => (int)extent)], DataType.F16)
        : tensor;
}
