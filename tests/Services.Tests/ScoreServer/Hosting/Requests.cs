using Google.Rpc;
using Grpc.Core;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensor.V1;
using Sjc.Contracts.Tensors;

namespace Sjc.Services.Tests.ScoreServer.Hosting;

/// <summary>Well-formed requests to start from, and what refusals say.</summary>
internal static class Requests
{
    public static Tensor Images(int count, uint index = 0) =>
        TensorCodec.Encode(TinyPictures.RandomImages(count, index), [count, TinyPictures.Shape.Channels, TinyPictures.Shape.Height, TinyPictures.Shape.Width]);

    /// <summary>A direct, unconditional evaluation at σ = 1.</summary>
    public static ScoreRequest Score(string model, int count = 1, uint index = 0) =>
        new() { Model = model, Images = Images(count, index), Sigmas = { 1 }, Direct = new DirectEstimator() };

    public static Conditioning Prompt(string prompt) => new() { Prompt = prompt };

    /// <summary>The violations' descriptions of an INVALID_ARGUMENT.</summary>
    public static IEnumerable<string> Violations(RpcException exception)
    {
        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        return exception.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations.Select(violation => violation.Description);
    }
}
