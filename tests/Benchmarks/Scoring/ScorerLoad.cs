using System.Runtime.InteropServices;
using Google.Protobuf;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensor.V1;
using Sjc.Diffusion;

namespace Sjc.Benchmarks.Scoring;

/// <summary>Clients that ask a scorer for guided gradients, as optimizers do: one image, two rows.</summary>
internal sealed class ScorerLoad(Uri address, DataShape shape)
{
    /// <summary>Rows of the network that a request takes.</summary>
    public const int Rows = 2;

    public Uri Address => address;

    public ScoreRequest Request(ulong seed) => new()
    {
        Model = "shapes",
        Images = new Tensor { DataType = DataType.F32, Shape = { 1u, (uint)shape.Channels, (uint)shape.Height, (uint)shape.Width }, Data = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(new float[shape.ElementCount])) },
        Sigmas = { 1 },
        Conditionings = { new Conditioning { Prompt = BareNetwork.Prompt } },
        GuidanceScale = 3,
        PerturbAndAverage = new PerturbAndAverageEstimator { Draws = 1, Seed = seed },
    };
}
