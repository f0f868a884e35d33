using Google.Protobuf;
using Grpc.Core;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensor.V1;
using Sjc.Contracts.Tensors;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Api;

public sealed class ScoreValidationTests
{
    private const string Labelled = "labelled";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Faults => new()
    {
        { "model", "model must be one of tiny, labelled, but is sd." },
        { "no images", "images must be a tensor of shape [n, 3, 4, 4], but is missing." },
        { "shape", "images.shape must be [n, 3, 4, 4], but is [1, 3, 8, 8]." },
        { "length", "images.data must be 192 bytes long for its shape and type, but is 191 bytes long." },
        { "nan", "images.data must be finite, but is NaN at element 7." },
        { "data type", "images.data_type must be DATA_TYPE_F32 or DATA_TYPE_F16, but is 9." },
        { "many images", "images.shape must hold at most 8 images, but is 9." },
        { "no sigma", "sigmas must have one entry, or one an image, but is 0 long." },
        { "two sigmas", "sigmas must have one entry, or one an image, but is 2 long." },
        { "sigma nan", "sigmas[0] must be in [0.01, 80], but is NaN." },
        { "sigma low", "sigmas[0] must be in [0.01, 80], but is 0." },
        { "sigma high", "sigmas[0] must be in [0.01, 80], but is 81." },
        { "guidance", "guidance_scale must be in [-100, 1000], but is Infinity." },
        { "estimator", "estimator must be direct or perturb_and_average, but is missing." },
        { "draws", "perturb_and_average.draws must be in [1, 64], but is 65." },
        { "rows", "images must take at most 64 rows of the network with their draws and guidance, but is 65." },
        { "conditions", "conditionings must be empty, or have one entry, or one an image, but is 2 long." },
        { "label", "conditionings[0].class_label must be unset for tiny, which is conditioned by prompts, but is set." },
        { "label range", "conditionings[0].class_label must be in [0, 10), but is 10." },
        { "prompt to labels", "conditionings[0].prompt must be unset for labelled, which is conditioned by class labels, but is set." },
        { "long prompt", "conditionings[0].prompt must have at most 4096 characters, but is 5000." },
        { "many words", "prompt must have at most 64 words, but has 65." },
        { "handle", "conditionings[0].prompt_handle must be a handle from EncodePrompts, but is abc." },
        { "outputs", "outputs must name at least one tensor, or be unset, but is without any." },
        { "output type", "output_data_type must be DATA_TYPE_F32 or DATA_TYPE_F16, or unspecified, but is 5." },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Score_OneFault_IsNamed(string fault, string description)
    {
        await using ScoreServerHost host = await StartAsync();
        ScoreRequest request = Requests.Score(TinyPictures.Kind);
        Break(request, fault);

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ScoreAsync(request, cancellationToken: Cancellation));

        Assert.Equal([description], Requests.Violations(error));
    }

    [Fact]
    public async Task Score_ManyFaults_AreAllNamed()
    {
        await using ScoreServerHost host = await StartAsync();
        ScoreRequest request = Requests.Score(TinyPictures.Kind);
        foreach (string fault in (string[])["nan", "sigma low", "guidance", "draws", "outputs"])
        {
            Break(request, fault);
        }

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ScoreAsync(request, cancellationToken: Cancellation));

        Assert.Equal(5, Requests.Violations(error).Count());
    }

    [Fact]
    public async Task Score_ValuesBeyondHalfPrecision_NamesOutputType()
    {
        TestFactory loud = new("loud", () => new TestDenoiser((noisy, _) => noisy * 1e6));
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([loud]);
        ScoreRequest request = Requests.Score("loud");
        request.OutputDataType = DataType.F16;

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ScoreAsync(request, cancellationToken: Cancellation));

        Assert.Equal(["output_data_type must hold every value of the answer, but is DATA_TYPE_F16 with values beyond 65504."], Requests.Violations(error));
    }

    [Fact]
    public async Task Score_MessageBeyondLimit_IsRefused()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Api:MaxMessageBytes=65536");
        ScoreRequest request = Requests.Score(TinyPictures.Kind);
        request.Images.Data = ByteString.CopyFrom(new byte[70_000]);

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ScoreAsync(request, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    private static Task<ScoreServerHost> StartAsync() => ScoreServerHost.StartAsync(
        [
            TinyPictures.Factory,
            new TestFactory(Labelled, () => new TestDenoiser((noisy, _) => noisy * 0.5, conditioning: Diffusion.ConditioningKind.ClassLabel, classes: 10)),
        ],
        "--Api:MaxImagesPerRequest=8",
        "--Batching:QueueCapacityRows=64");

    private static void Break(ScoreRequest request, string fault)
    {
        Action change = fault switch
        {
            "model" => () => request.Model = "sd",
            "no images" => () => request.Images = null,
            "shape" => () => request.Images = TensorCodec.Encode(new float[192], [1, 3, 8, 8]),
            "length" => () => request.Images.Data = ByteString.CopyFrom(new byte[191]),
            "nan" => () => PutNaN(request, element: 7),
            "data type" => () => request.Images.DataType = (DataType)9,
            "many images" => () => request.Images = Requests.Images(9),
            "no sigma" => request.Sigmas.Clear,
            "two sigmas" => () => request.Sigmas.Add(1),
            "sigma nan" => () => request.Sigmas[0] = double.NaN,
            "sigma low" => () => request.Sigmas[0] = 0,
            "sigma high" => () => request.Sigmas[0] = 81,
            "guidance" => () => request.GuidanceScale = double.PositiveInfinity,
            "estimator" => request.ClearEstimator,
            "draws" => () => request.PerturbAndAverage = new PerturbAndAverageEstimator { Draws = 65 },
            "rows" => () => (request.Images, request.PerturbAndAverage) = (Requests.Images(5), new PerturbAndAverageEstimator { Draws = 13 }),
            "conditions" => () => request.Conditionings.Add([Requests.Prompt("car"), Requests.Prompt("tree")]),
            "label" => () => request.Conditionings.Add(new Conditioning { ClassLabel = 1 }),
            "label range" => () => ToLabelled(request, new Conditioning { ClassLabel = 10 }),
            "prompt to labels" => () => ToLabelled(request, Requests.Prompt("car")),
            "long prompt" => () => request.Conditionings.Add(Requests.Prompt(new string('x', 5000))),
            "many words" => () => request.Conditionings.Add(Requests.Prompt(string.Join(' ', Enumerable.Range(0, 65)))),
            "handle" => () => request.Conditionings.Add(new Conditioning { PromptHandle = "abc" }),
            "outputs" => () => request.Outputs = new ScoreOutputs(),
            "output type" => () => request.OutputDataType = (DataType)5,
            _ => throw new ArgumentException($"fault must be known, but is {fault}.", nameof(fault)),
        };
        change();
    }

    private static void PutNaN(ScoreRequest request, int element)
    {
        byte[] data = request.Images.Data.ToByteArray();
        BitConverter.TryWriteBytes(data.AsSpan(4 * element), float.NaN);
        request.Images.Data = ByteString.CopyFrom(data);
    }

    private static void ToLabelled(ScoreRequest request, Conditioning conditioning)
    {
        request.Model = Labelled;
        request.Conditionings.Add(conditioning);
    }
}
