using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensor.V1;
using Sjc.Contracts.Tensors;
using Sjc.Diffusion;
using Sjc.Diffusion.Scoring;
using Sjc.ScoreServer.Batching;

namespace Sjc.ScoreServer.Api;

/// <summary>From a query's result to its message.</summary>
internal static class ScoreMapping
{
    /// <exception cref="InvalidRequestException">A value does not fit the type that the request asks for.</exception>
    public static ScoreResponse ToResponse(ScoreRequest request, ScoreQuery query, ScoreResult result, DenoiseWork work)
    {
        ScoreOutputs outputs = request.Outputs ?? new ScoreOutputs { Gradient = true };
        return new ScoreResponse
        {
            Gradient = outputs.Gradient ? Encode(result.Gradient, query, request.OutputDataType) : null,
            Score = outputs.Score ? Encode(result.Score, query, request.OutputDataType) : null,
            Denoised = outputs.Denoised ? Encode(result.Denoised, query, request.OutputDataType) : null,
            Sigmas = { query.Sigmas },
            Timing = new ScoreTiming
            {
                QueueSeconds = work.QueueTime.TotalSeconds,
                ComputeSeconds = work.BatchTime.Total.TotalSeconds,
                Rows = (uint)work.Rows,
                BatchRows = (uint)work.LargestBatchRows,
            },
            Deterministic = work.Sharing != BatchSharing.Any,
        };
    }

    /// <summary>Values as a tensor of the type that a request asks for.</summary>
    /// <exception cref="InvalidRequestException">A value does not fit the type.</exception>
    public static Tensor Encode(float[] values, ReadOnlySpan<int> shape, DataType wanted)
    {
        DataType type = wanted == DataType.Unspecified ? DataType.F32 : wanted;
        if (type == DataType.F16 && !TensorCodec.CanEncode(values, type) && TensorCodec.CanEncode(values, DataType.F32))
        {
            throw new InvalidRequestException("output_data_type", "hold every value of the answer", $"DATA_TYPE_F16 with values beyond {TensorCodec.MaxHalf}");
        }

        return TensorCodec.Encode(values, shape, type);
    }

    private static Tensor Encode(float[] values, ScoreQuery query, DataType wanted)
    {
        DataShape shape = query.DataShape;
        return Encode(values, [query.ImageCount, shape.Channels, shape.Height, shape.Width], wanted);
    }
}
